package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What is stored, where nothing is known beside who holds what. */
public final class Batches {
    private Batches() {}

    public static StoreBatch of(
            Set<Ipv4Address> touched, List<Allocation> held, List<ReleasedAddress> released, List<AuditEvent> events) {
        return new StoreBatch(
                touched,
                held.stream().map(one -> new StoreBatch.Held(one, facts(one))).toList(),
                released,
                List.of(),
                Set.of(),
                List.of(),
                Map.of(),
                Set.of(),
                events);
    }

    public static StoredState stored(List<Allocation> held, List<ReleasedAddress> released) {
        return new StoredState(
                held,
                held.stream().collect(Collectors.toMap(Allocation::address, Batches::facts)),
                released,
                List.of(),
                List.of(),
                Map.of());
    }

    public static AllocationFacts facts(Allocation held) {
        return AllocationFacts.made(AllocationFacts.Origin.API, held.allocatedAt());
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Map;

/**
 * Everything a store knows, in any order.
 *
 * @param facts of each allocation, by its address
 */
public record StoredState(
        List<Allocation> allocations,
        Map<Ipv4Address, AllocationFacts> facts,
        List<ReleasedAddress> released,
        List<SupersededMac> superseded,
        List<UnclaimedLease> unclaimed,
        Map<ListSource, SourceState> sources) {
    public StoredState {
        allocations = List.copyOf(allocations);
        facts = Map.copyOf(facts);
        released = List.copyOf(released);
        superseded = List.copyOf(superseded);
        unclaimed = List.copyOf(unclaimed);
        sources = Map.copyOf(sources);
    }

    /** The highest revision that is stored: none that is given from now on may be lower. */
    long revision() {
        long ofHeld = facts.values().stream()
                .mapToLong(AllocationFacts::revision)
                .max()
                .orElse(0);
        long ofReleased =
                released.stream().mapToLong(ReleasedAddress::revision).max().orElse(0);
        return Math.max(ofHeld, ofReleased);
    }
}

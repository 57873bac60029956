package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationStore;
import cloud.obiente.vpsgateway.ipam.Batches;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.StoreBatch;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Allocations that tests need, in memory. */
public final class Allocations {
    private Allocations() {}

    public static Allocation held(String vps, String address, Allocation.Kind kind) {
        return new Allocation(
                VpsId.parse(vps),
                OrganizationId.parse("org-1"),
                Ipv4Address.parse(address),
                Optional.empty(),
                Instant.EPOCH,
                kind);
    }

    /** A snapshot with these and nothing else. */
    public static IpamSnapshot snapshot(Allocation... allocations) {
        AddressPool pool = new AddressPool(
                new Ipv4Range(Ipv4Address.parse("10.15.3.20"), Ipv4Address.parse("10.15.3.199")), Set.of());
        AllocationStore store = new AllocationStore() {
            @Override
            public StoredState load() {
                return Batches.stored(List.of(allocations), List.of());
            }

            @Override
            public void commit(StoreBatch batch) {}

            @Override
            public boolean forgetEventsBefore(Instant end) {
                return false;
            }

            @Override
            public void close() {}
        };
        try (Ipam ipam = Ipam.open(new IpamSettings(pool, Duration.ZERO), store, Clock.systemUTC(), Thread::new)) {
            return ipam.snapshot();
        }
    }
}

package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A live lease as a sign of life: dnsmasq's own, so it was given here. A VPS that has fetched its private address is in use
 * with all that it holds. Before the lease file has been read nothing is known of anybody.
 */
public final class LeaseEvidence implements UsageEvidence {
    private final Supplier<IpamSnapshot> allocations;
    private final Supplier<LeaseSnapshot> leases;
    private final Clock clock;

    public LeaseEvidence(Supplier<IpamSnapshot> allocations, Supplier<LeaseSnapshot> leases, Clock clock) {
        this.allocations = allocations;
        this.leases = leases;
        this.clock = clock;
    }

    @Override
    public Usage of(Allocation held) {
        LeaseSnapshot now = leases.get();
        if (now == LeaseSnapshot.UNREAD) {
            return Usage.UNKNOWN;
        }
        boolean leasing = leasesAny(held.mac(), now)
                || allocations
                        .get()
                        .privateOf(held.vps())
                        .filter(own -> leasesAny(own.mac(), now))
                        .isPresent();
        return leasing ? Usage.IN_USE : Usage.UNUSED;
    }

    private boolean leasesAny(Optional<MacAddress> mac, LeaseSnapshot now) {
        return mac.stream()
                .flatMap(own -> now.of(own).stream())
                .anyMatch((Lease lease) -> lease.isLive(clock.instant()));
    }
}

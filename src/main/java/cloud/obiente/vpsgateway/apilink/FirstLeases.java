package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * How many allocations wait for their first lease: as many unknown NICs are expected, because the API
 * allocates for one MAC and boots the VPS with another. Stateless; any thread; O(allocations).
 */
public final class FirstLeases implements IntSupplier {
    /** A VPS that has not booted by then may never boot: the API keeps VPSs that were deleted. */
    static final Duration MAX_WAIT = Duration.ofHours(1);

    private final Supplier<IpamSnapshot> allocations;
    private final Supplier<LeaseSnapshot> leases;
    private final Clock clock;

    public FirstLeases(Supplier<IpamSnapshot> allocations, Supplier<LeaseSnapshot> leases, Clock clock) {
        this.allocations = allocations;
        this.leases = leases;
        this.clock = clock;
    }

    @Override
    public int getAsInt() {
        Instant now = clock.instant();
        LeaseSnapshot snapshot = leases.get();
        return (int) allocations.get().all().stream()
                .filter(Allocation::isPrivate)
                .filter(allocation -> allocation.allocatedAt().isAfter(now.minus(MAX_WAIT)))
                .filter(allocation -> !isLeased(allocation, snapshot, now))
                .count();
    }

    private static boolean isLeased(Allocation allocation, LeaseSnapshot snapshot, Instant now) {
        return allocation.mac().stream()
                .flatMap(mac -> snapshot.of(mac).stream())
                .anyMatch((Lease lease) -> lease.isLive(now));
    }
}

package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationListener;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The series by organization: allocations made, released and held. The gauge of an organization disappears with its last
 * allocation; its counters five minutes later, so that the last release is still scraped.
 *
 * <p>Owns the meters and what is known of each organization; guarded by its own monitor, because changes come on the thread
 * of the allocations and the sweep on another.
 */
public final class OrganizationMeters implements AllocationListener {
    private static final Duration COUNTERS_STAY = Duration.ofMinutes(5);
    private static final String LABEL = "organization_id";

    private final MeterRegistry registry;
    private final Clock clock;
    private final Map<OrganizationId, OrganizationSeries> series = new HashMap<>();

    public OrganizationMeters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** Counts what is held at the start as held, but not as made. */
    @Override
    public synchronized void loaded(Collection<Allocation> held) {
        held.stream().filter(Allocation::isPrivate).forEach(allocation -> of(allocation)
                .setHeld());
    }

    /** Counts a committed change. */
    @Override
    public synchronized void changed(List<AllocationChange> changes) {
        for (AllocationChange change : changes) {
            Optional<Allocation> before = change.before().filter(Allocation::isPrivate);
            Optional<Allocation> after = change.after().filter(Allocation::isPrivate);
            after.ifPresent(allocation -> of(allocation).setHeld());
            before.ifPresent(allocation -> of(allocation).letGo());
            if (before.isEmpty()) {
                after.ifPresent(allocation -> of(allocation).made.increment());
            } else if (after.isEmpty()) {
                of(before.get()).released.increment();
            }
        }
    }

    /** Forgets organizations that have had nothing for a while; to be called from time to time. */
    public synchronized void sweep() {
        Instant limit = clock.instant().minus(COUNTERS_STAY);
        series.values().removeIf(known -> known.removeIfEmptySince(limit));
    }

    private OrganizationSeries of(Allocation allocation) {
        return series.computeIfAbsent(allocation.organization(), OrganizationSeries::new);
    }

    private final class OrganizationSeries {
        private final OrganizationId organization;
        private final Counter made;
        private final Counter released;
        private Gauge active;
        private volatile int held;
        private Instant emptySince;

        OrganizationSeries(OrganizationId organization) {
            this.organization = organization;
            this.made = Counter.builder("vps_gateway_dhcp_allocations")
                    .description("Private addresses given to VPSs")
                    .tag(LABEL, organization.text())
                    .register(registry);
            this.released = Counter.builder("vps_gateway_dhcp_releases")
                    .description("Private addresses released")
                    .tag(LABEL, organization.text())
                    .register(registry);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // written under the monitor, read by scrapes without it
        void setHeld() {
            held++;
            emptySince = null;
            if (active == null) {
                active = Gauge.builder("vps_gateway_dhcp_allocations_active", this, s -> s.held)
                        .description("Private addresses held by VPSs")
                        .tag(LABEL, organization.text())
                        .register(registry);
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // as above
        void letGo() {
            held--;
            if (held == 0) {
                registry.remove(active);
                active = null;
                emptySince = clock.instant();
            }
        }

        boolean removeIfEmptySince(Instant limit) {
            boolean old = emptySince != null && emptySince.isBefore(limit);
            if (old) {
                registry.remove(made);
                registry.remove(released);
            }
            return old;
        }
    }
}

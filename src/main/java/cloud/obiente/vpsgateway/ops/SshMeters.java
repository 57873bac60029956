package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationListener;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.ssh.BufferedBytes;
import cloud.obiente.vpsgateway.ssh.TunnelListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The series of SSH connections, by VPS. Those of a VPS disappear when it has no address here any more.
 *
 * <p>Owns the meters; guarded by its own monitor where series are made and removed. A tunnel that outlives its VPS's
 * allocation goes on counting into meters that nobody sees.
 */
public final class SshMeters implements TunnelListener, AllocationListener {
    private static final String PREFIX = "vps_gateway_ssh_proxy_";
    private static final String NOBODY = "other";
    /** 1 s to 17 min, doubling. */
    private static final Duration[] BUCKETS = IntStream.rangeClosed(0, 10)
            .mapToObj(power -> Duration.ofSeconds(1L << power))
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Supplier<IpamSnapshot> allocations;
    private final AtomicInteger active = new AtomicInteger();
    private final Map<Tags, SshSeries> series = new HashMap<>();

    /** @param allocations who holds which address now; newer than any change that is told */
    public SshMeters(MeterRegistry registry, Supplier<IpamSnapshot> allocations) {
        this.registry = registry;
        this.allocations = allocations;
        Gauge.builder(PREFIX + "connections_active", active::get)
                .description("SSH connections that are open")
                .register(registry);
        // There from the start, so that a first connection shows as an increase.
        series.put(tags(Optional.empty()), new SshSeries(tags(Optional.empty())));
    }

    /** @param held now, for all SSH connections */
    public void watch(BufferedBytes held) {
        Gauge.builder(PREFIX + "buffer_bytes", held, BufferedBytes::now)
                .description("Bytes of SSH connections that the gateway holds")
                .register(registry);
    }

    @Override
    public Traffic connected(Optional<Allocation> holder) {
        active.incrementAndGet();
        SshSeries counted = seriesOf(holder);
        counted.connections.increment();
        return new Traffic() {
            @Override
            public void in(int bytes) {
                counted.in.increment(bytes);
            }

            @Override
            public void out(int bytes) {
                counted.out.increment(bytes);
            }

            @Override
            public void ended(Duration lasted) {
                counted.durations.record(lasted);
                active.decrementAndGet();
            }
        };
    }

    /** A VPS that was released while it was dialed is none of ours any more, and nobody would forget its series again. */
    private synchronized SshSeries seriesOf(Optional<Allocation> holder) {
        return series.computeIfAbsent(tags(holder.filter(this::isStillHeld)), SshSeries::new);
    }

    private boolean isStillHeld(Allocation known) {
        return allocations.get().at(known.address()).map(Allocation::vps).equals(Optional.of(known.vps()));
    }

    /** Forgets the VPSs that these committed changes have left without an address. */
    @Override
    public synchronized void changed(List<AllocationChange> changes) {
        Set<VpsId> gone = changes.stream()
                .filter(change -> change.after().isEmpty())
                .map(change -> change.subject().vps())
                .collect(Collectors.toCollection(HashSet::new));
        if (!gone.isEmpty()) {
            allocations.get().all().forEach(left -> gone.remove(left.vps()));
            gone.forEach(this::forget);
        }
    }

    private void forget(VpsId vps) {
        series.entrySet().removeIf(entry -> {
            boolean ofVps = entry.getKey().stream()
                    .anyMatch(tag ->
                            tag.getKey().equals("vps_id") && tag.getValue().equals(vps.toString()));
            if (ofVps) {
                entry.getValue().remove();
            }
            return ofVps;
        });
    }

    private static Tags tags(Optional<Allocation> holder) {
        return Tags.of(
                "organization_id",
                holder.map(held -> held.organization().text()).orElse(""),
                "vps_id",
                holder.map(held -> held.vps().toString()).orElse(NOBODY));
    }

    private final class SshSeries {
        private final Counter connections;
        private final Counter in;
        private final Counter out;
        private final Timer durations;

        SshSeries(Tags tags) {
            connections = Counter.builder(PREFIX + "connections")
                    .description("SSH connections that reached their VPS")
                    .tags(tags)
                    .register(registry);
            in = bytes(tags, "in");
            out = bytes(tags, "out");
            durations = Timer.builder(PREFIX + "connection_duration")
                    .description("How long SSH connections lasted")
                    .serviceLevelObjectives(BUCKETS)
                    .tags(tags)
                    .register(registry);
        }

        private Counter bytes(Tags tags, String direction) {
            return Counter.builder(PREFIX + "bytes_transmitted")
                    .description("Bytes of SSH connections; in: from the VPS, out: to the VPS")
                    .tags(tags)
                    .tag("direction", direction)
                    .register(registry);
        }

        void remove() {
            List.of(connections, in, out, durations).forEach(registry::remove);
        }
    }
}

package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.limits.LimitKind;
import cloud.obiente.vpsgateway.hostnet.limits.LimitListener;
import cloud.obiente.vpsgateway.hostnet.limits.TrafficLimits;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.reconcile.Reconciler;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the limits dropped: for each VPS, and for all MAC addresses together that are no VPS's. The
 * series of a VPS disappears with the VPS.
 *
 * <p>Owns the series. Told on the thread of the limits only; scrapes read what was told last.
 */
public final class LimitMeters implements LimitListener {
    private static final String DROPS = "vps_gateway_limit_drops";
    private static final String UNKNOWN_DROPS = "vps_gateway_limit_unknown_drops";

    private final MeterRegistry registry;
    private final Reconciler.RepairListener repairs;
    private final Map<VpsId, Series> ofVpss = new HashMap<>();
    private final Map<LimitKind, AtomicLong> ofUnknown = new EnumMap<>(LimitKind.class);

    /** @param repairs told of what was mended, as of all repairs of the gateway */
    public LimitMeters(MeterRegistry registry, Reconciler.RepairListener repairs) {
        this.registry = registry;
        this.repairs = repairs;
        for (LimitKind kind : LimitKind.values()) {
            ofUnknown.put(kind, new AtomicLong());
        }
    }

    /** Registers what is read at each scrape. */
    public void watch(TrafficLimits limits) {
        Gauge.builder("vps_gateway_limits_status", () -> limits.status().inForce() ? 1 : 0)
                .description("1 while the kernel holds each VPS to its limits for DNS and DHCP")
                .register(registry);
        for (LimitKind kind : LimitKind.values()) {
            FunctionCounter.builder(UNKNOWN_DROPS, ofUnknown.get(kind), AtomicLong::get)
                    .description("Packets above the limit of all MAC addresses together that are no VPS's")
                    .tag("kind", kind.label())
                    .register(registry);
        }
    }

    @Override
    public void limitsMended() {
        repairs.repaired(Reconciler.Repair.LIMITS);
    }

    @Override
    public void dropped(Map<VpsId, Map<LimitKind, Long>> byVps, Map<LimitKind, Long> unknown) {
        ofVpss.entrySet().removeIf(known -> {
            boolean gone = !byVps.containsKey(known.getKey());
            if (gone) {
                registry.remove(known.getValue().meter);
            }
            return gone;
        });
        byVps.forEach((vps, counts) -> ofVpss.computeIfAbsent(vps, Series::new).count =
                counts.values().stream().mapToLong(Long::longValue).sum());
        unknown.forEach((kind, count) -> ofUnknown.get(kind).set(count));
    }

    private final class Series {
        private volatile long count;
        private final FunctionCounter meter;

        Series(VpsId vps) {
            this.meter = FunctionCounter.builder(DROPS, this, known -> known.count)
                    .description("Packets of a VPS above its limit")
                    .tag("vps_id", vps.toString())
                    .register(registry);
        }
    }
}

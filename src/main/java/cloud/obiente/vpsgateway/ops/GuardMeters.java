package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.guard.GuardDamage;
import cloud.obiente.vpsgateway.hostnet.guard.GuardListener;
import cloud.obiente.vpsgateway.hostnet.watch.RulesetWatch;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.reconcile.Reconciler;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * What the guard mended, and what it dropped, by VPS; the series of a VPS disappears with its last guarded address.
 *
 * <p>Owns the series. Told on the guard's thread only; scrapes read what was told last, so none of them asks the kernel.
 */
public final class GuardMeters implements GuardListener {
    private final MeterRegistry registry;
    private final Reconciler.RepairListener repairs;
    private final Map<VpsId, GuardSeries> series = new HashMap<>();

    /** @param repairs told of what was mended, as of all repairs of the gateway */
    public GuardMeters(MeterRegistry registry, Reconciler.RepairListener repairs) {
        this.registry = registry;
        this.repairs = repairs;
    }

    /** Registers what is read at each scrape. */
    public void watch(AddressGuard guard) {
        Gauge.builder("vps_gateway_guard_addresses", () -> guard.status().addresses())
                .description("Addresses that the kernel is to guard")
                .register(registry);
        Gauge.builder("vps_gateway_guard_status", () -> guard.status().enforced() ? 1 : 0)
                .description("1 while the kernel guards them")
                .register(registry);
    }

    /** Registers what is read at each scrape about how damage is noticed. */
    public void watch(RulesetWatch watch) {
        Gauge.builder("vps_gateway_ruleset_watch_status", () -> watch.status().listening() ? 1 : 0)
                .description("1 while changed rules of the packet filter are noticed at once")
                .register(registry);
        Gauge.builder("vps_gateway_ruleset_watch_wanted", () -> watch.isNeeded() ? 1 : 0)
                .description("1 where the gateway has rules whose changes matter")
                .register(registry);
        FunctionCounter.builder("vps_gateway_ruleset_watch_restarts", watch, known -> known.status()
                        .restarts())
                .description("Starts of nft monitor after it ended, or could not be started")
                .register(registry);
    }

    @Override
    public void mended(GuardDamage damage) {
        repairs.repaired(
                switch (damage.kind()) {
                    case RULES -> Reconciler.Repair.GUARD_RULES;
                    case ELEMENT -> Reconciler.Repair.GUARD_ELEMENT;
                    case NEIGHBOUR -> Reconciler.Repair.NEIGHBOUR;
                });
    }

    @Override
    public void counted(Map<VpsId, Long> drops) {
        series.entrySet().removeIf(known -> {
            boolean gone = !drops.containsKey(known.getKey());
            if (gone) {
                registry.remove(known.getValue().meter);
            }
            return gone;
        });
        drops.forEach((vps, count) -> series.computeIfAbsent(vps, GuardSeries::new).count = count);
    }

    private final class GuardSeries {
        private volatile long count;
        private final FunctionCounter meter;

        GuardSeries(VpsId vps) {
            this.meter = FunctionCounter.builder("vps_gateway_guard_drops", this, known -> known.count)
                    .description("Packets dropped because they forged a guarded address")
                    .tag("vps_id", vps.toString())
                    .register(registry);
        }
    }
}

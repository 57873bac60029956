package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.guard.Damage;
import cloud.obiente.vpsgateway.hostnet.guard.GuardListener;
import cloud.obiente.vpsgateway.ipam.VpsId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of the address guard. Its series by VPS live as long as the VPS has a guarded address; any thread, monitor. */
public final class GuardMeters implements GuardListener {

    /** What was counted for one VPS, and the meter that shows it. */
    private record Series(AtomicLong drops, FunctionCounter meter) {}

    private final MeterRegistry registry;
    private final Map<VpsId, Series> series = new HashMap<>();

    public GuardMeters(MeterRegistry registry) {
        this.registry = registry;
        for (Damage.Kind kind : Damage.Kind.values()) {
            repairs(kind);
        }
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

    /** Somebody else had changed these; they are right again. */
    public void repaired(List<Damage> mended) {
        mended.forEach(damage -> repairs(damage.kind()).increment());
    }

    @Override
    public synchronized void counted(Map<VpsId, Long> drops) {
        drops.forEach((vps, count) ->
                series.computeIfAbsent(vps, this::register).drops().set(count));
        series.entrySet().removeIf(entry -> {
            boolean isGone = !drops.containsKey(entry.getKey());
            if (isGone) {
                registry.remove(entry.getValue().meter());
            }
            return isGone;
        });
    }

    private Series register(VpsId vps) {
        AtomicLong drops = new AtomicLong();
        return new Series(
                drops,
                FunctionCounter.builder("vps_gateway_guard_drops", drops, AtomicLong::get)
                        .description("Packets that forged an address of this VPS, dropped")
                        .tag("vps_id", vps.toString())
                        .register(registry));
    }

    private Counter repairs(Damage.Kind kind) {
        return Counter.builder("vps_gateway_repairs")
                .description("Differences that the reconciler found and repaired")
                .tag("what", "guard_" + kind.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }
}

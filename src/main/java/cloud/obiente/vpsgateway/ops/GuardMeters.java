package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.guard.GuardListener;
import cloud.obiente.vpsgateway.ipam.VpsId;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * What the guard dropped, by VPS; the series of a VPS disappears with its last guarded address.
 *
 * <p>Owns the series. Told on the guard's thread only; scrapes read what was told last, so none of them asks the kernel.
 */
public final class GuardMeters implements GuardListener {
    private final MeterRegistry registry;
    private final Map<VpsId, Series> series = new HashMap<>();

    public GuardMeters(MeterRegistry registry) {
        this.registry = registry;
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

    @Override
    public void counted(Map<VpsId, Long> drops) {
        series.entrySet().removeIf(known -> {
            boolean gone = !drops.containsKey(known.getKey());
            if (gone) {
                registry.remove(known.getValue().meter);
            }
            return gone;
        });
        drops.forEach((vps, count) -> series.computeIfAbsent(vps, Series::new).count = count);
    }

    private final class Series {
        private volatile long count;
        private final FunctionCounter meter;

        Series(VpsId vps) {
            this.meter = FunctionCounter.builder("vps_gateway_guard_drops", this, known -> known.count)
                    .description("Packets dropped because they forged a guarded address")
                    .tag("vps_id", vps.toString())
                    .register(registry);
        }
    }
}

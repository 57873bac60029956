package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.sync.SyncStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** What the API's lists leave out. Read at each scrape. */
public final class SyncMeters {
    private final MeterRegistry registry;
    private final Supplier<SyncStatus> status;

    /** @param status asked on the thread of each scrape */
    public SyncMeters(MeterRegistry registry, Supplier<SyncStatus> status) {
        this.registry = registry;
        this.status = status;
    }

    /** Registers the gauges; once. */
    public void watch() {
        Gauge.builder(
                        "vps_gateway_sync_implausible_sources",
                        () -> status.get().implausible().size())
                .description("API instances whose lists leave out so much that they are not believed")
                .register(registry);
        Gauge.builder("vps_gateway_sync_kept_unlisted", () -> status.get().unlisted())
                .description("Allocations that every list leaves out, and that are kept")
                .register(registry);
        Gauge.builder("vps_gateway_sync_unclaimed_leases", () -> status.get().unclaimed())
                .description("Leases of an earlier run that wait for the API to say whose they are")
                .register(registry);
    }
}

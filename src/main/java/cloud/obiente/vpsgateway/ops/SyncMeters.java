package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.sync.SyncStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** What the API's lists leave out. Read at each scrape. */
public final class SyncMeters {
    private static final int[] UNSEEN_DAYS = {7, 30};

    private final MeterRegistry registry;
    private final Supplier<SyncStatus> status;

    private final ToIntFunction<Duration> unseenFor;

    /**
     * @param status asked on the thread of each scrape
     * @param unseenFor how many addresses nobody was seen using for that long; asked likewise
     */
    public SyncMeters(MeterRegistry registry, Supplier<SyncStatus> status, ToIntFunction<Duration> unseenFor) {
        this.registry = registry;
        this.status = status;
        this.unseenFor = unseenFor;
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
        for (int days : UNSEEN_DAYS) {
            Gauge.builder("vps_gateway_dhcp_unseen", () -> unseenFor.applyAsInt(Duration.ofDays(days)))
                    .description("Addresses held by VPSs that were not seen using them for so many days")
                    .tag("days", Integer.toString(days))
                    .register(registry);
        }
    }
}

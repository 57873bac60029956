package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was found on the VPSs' segment that is not ours. Thread-safe: the registry is, and what was counted is never replaced.
 *
 * <p>Counted here and read at each scrape: something can be found while the gateway still starts, and what is counted in the
 * registry before the exporter has joined it is lost.
 */
public final class SegmentMeters implements SegmentListener {
    private final MeterRegistry registry;
    private final Map<Finding, LongAdder> counts = new EnumMap<>(Finding.class);

    public SegmentMeters(MeterRegistry registry) {
        this.registry = registry;
        for (Finding finding : Finding.values()) {
            LongAdder count = new LongAdder();
            counts.put(finding, count);
            FunctionCounter.builder("vps_gateway_segment_findings", count, LongAdder::doubleValue)
                    .description("Strange users of addresses, DHCP servers and gateways that were found")
                    .tag("what", finding.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    /** Registers what is read at each scrape. */
    public void watch(SegmentWatch segment) {
        Gauge.builder(
                        "vps_gateway_segment_conflicts",
                        () -> segment.addressUse().conflicts().size())
                .description("Addresses that somebody uses whose they are not")
                .register(registry);
        Gauge.builder(
                        "vps_gateway_segment_dhcp_servers",
                        () -> segment.otherServers().servers().size())
                .description("Other DHCP servers that answered the last search")
                .register(registry);
        Gauge.builder(
                        "vps_gateway_segment_gateways",
                        () -> segment.otherGateways().gateways().size())
                .description("Other gateways whose beacons are heard")
                .register(registry);
        Gauge.builder(
                        "vps_gateway_segment_pool_overlaps",
                        () -> segment.otherGateways().overlaps()
                                + (segment.otherGateways().hasUnseen() ? 1 : 0))
                .description("Of the other gateways, those that choose from addresses that this one chooses from")
                .register(registry);
    }

    @Override
    public void found(Finding finding) {
        counts.get(finding).increment();
    }
}

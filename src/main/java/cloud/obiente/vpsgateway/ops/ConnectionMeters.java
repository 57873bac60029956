package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.connections.ConnectionListener;
import cloud.obiente.vpsgateway.connections.PortConnections;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The series of one port's connections. Owns the meters; any thread. */
public final class ConnectionMeters implements ConnectionListener {
    private static final String PREFIX = "vps_gateway_connections";

    private final MeterRegistry registry;
    private final String port;
    private final Map<CloseReason, Counter> ended = new EnumMap<>(CloseReason.class);
    private final Map<Block, Counter> blocked = new EnumMap<>(Block.class);
    private final Counter refused;

    /** @param port whose label it is */
    public ConnectionMeters(MeterRegistry registry, String port) {
        this.registry = registry;
        this.port = port;
        for (CloseReason reason : CloseReason.values()) {
            ended.put(
                    reason,
                    Counter.builder(PREFIX + "_ended")
                            .description("Connections that the gateway ended")
                            .tag("port", port)
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        for (Block why : Block.values()) {
            blocked.put(
                    why,
                    Counter.builder(PREFIX + "_blocked")
                            .description("New connections that were closed at once, because of where they came from")
                            .tag("port", port)
                            .tag("reason", why.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        refused = Counter.builder(PREFIX + "_refused")
                .description("New connections that were closed at once, because all places were taken")
                .tag("port", port)
                .register(registry);
    }

    /** @param connections those of the port */
    public void watch(PortConnections connections) {
        Gauge.builder(PREFIX, connections, PortConnections::open)
                .description("HTTP connections that are open")
                .tag("port", port)
                .register(registry);
        Gauge.builder(PREFIX + "_idle", connections, PortConnections::withoutCall)
                .description("HTTP connections that carry no call")
                .tag("port", port)
                .register(registry);
        Gauge.builder(PREFIX + "_unproven", connections, PortConnections::unproven)
                .description(
                        "HTTP connections that have shown no secret yet; on the management port: that have sent no request")
                .tag("port", port)
                .register(registry);
    }

    @Override
    public void ended(CloseReason reason) {
        ended.get(reason).increment();
    }

    @Override
    public void blocked(Block why) {
        blocked.get(why).increment();
    }

    @Override
    public void refused() {
        refused.increment();
    }
}

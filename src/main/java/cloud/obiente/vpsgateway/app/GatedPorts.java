package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.connections.ConnectionLimits;
import cloud.obiente.vpsgateway.connections.Http1Requests;
import cloud.obiente.vpsgateway.connections.PortConnections;
import cloud.obiente.vpsgateway.ops.ConnectionMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/** The connections of both ports. Immutable; what they count has its owner in {@link PortConnections}. */
@Singleton
class GatedPorts {
    private static final Logger LOG = Logger.getLogger(GatedPorts.class);
    private static final int BEFORE_EVERYTHING = Integer.MIN_VALUE;

    /** Probes, a few scrapers and people. */
    private static final ConnectionLimits MANAGEMENT = new ConnectionLimits(128, 32, Duration.ofMinutes(1));

    private final int managementPort;
    private final PortConnections calls;
    private final PortConnections management;

    GatedPorts(GatewaySettings settings, MeterRegistry registry) {
        managementPort = settings.metrics().port();
        long descriptors = FileDescriptorLimit.limit();
        ConnectionLimits possible = settings.connections().within(descriptors);
        if (!possible.equals(settings.connections())) {
            LOG.warnf(
                    "%d connections at most, not %d (GATEWAY_GRPC_MAX_CONNECTIONS): a quarter of the %d file descriptors that"
                            + " this process may have (ulimit -n, systemd: LimitNOFILE)",
                    possible.max(), settings.connections().max(), descriptors);
        }
        calls = open("grpc", possible, registry);
        management = open("management", MANAGEMENT.within(descriptors), registry);
    }

    private static PortConnections open(String port, ConnectionLimits limits, MeterRegistry registry) {
        ConnectionMeters meters = new ConnectionMeters(registry, port);
        PortConnections connections = new PortConnections(port, limits, System::nanoTime, meters);
        meters.watch(connections);
        return connections;
    }

    /** @param port as it is configured; in tests both are 0, and count as that of calls */
    PortConnections at(int port) {
        return port == managementPort ? management : calls;
    }

    /** Ends what has been idle for too long; to be called once a second. */
    void tick() {
        calls.tick();
        management.tick();
    }

    void onCalls(@Observes Router router) {
        router.route().order(BEFORE_EVERYTHING).handler(new Http1Requests());
    }

    void onManagement(@Observes ManagementInterface port) {
        port.router().route().order(BEFORE_EVERYTHING).handler(new Http1Requests());
    }
}

package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.connections.CallAdmission;
import cloud.obiente.vpsgateway.connections.ConnectionGate;
import cloud.obiente.vpsgateway.connections.ConnectionLimits;
import cloud.obiente.vpsgateway.connections.Http1Requests;
import cloud.obiente.vpsgateway.connections.PeerAddresses;
import cloud.obiente.vpsgateway.connections.PortConnections;
import cloud.obiente.vpsgateway.connections.RequestAdmission;
import cloud.obiente.vpsgateway.grpc.SharedSecret;
import cloud.obiente.vpsgateway.ops.ConnectionMeters;
import cloud.obiente.vpsgateway.ops.PeerMeters;
import cloud.obiente.vpsgateway.platform.PortGates;
import cloud.obiente.vpsgateway.ssh.OwnAddresses;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;

/** The connections of both ports. Immutable; what they count has its owner in {@link PortConnections}. */
@Singleton
class GatedPorts implements PortGates {
    /** Probes, a few scrapers and people; a quarter is kept for those on this host. */
    static final int MAX_MANAGEMENT = 128;

    private static final int BEFORE_EVERYTHING = Integer.MIN_VALUE;
    private static final ConnectionLimits MANAGEMENT =
            new ConnectionLimits(MAX_MANAGEMENT, 64, 96, 24, seconds(9), seconds(60), seconds(60));

    private final int managementPort;
    private final PeerAddresses callers;
    private final PeerAddresses askers;
    private final PortConnections calls;
    private final PortConnections management;
    private final ManagementSources sources;

    GatedPorts(
            GatewaySettings settings,
            Descriptors descriptors,
            PeerAddresses callers,
            OwnAddresses own,
            MeterRegistry registry) {
        managementPort = settings.metrics().port();
        this.callers = callers;
        askers = watched("management", own::isOwn, registry);
        calls = open("grpc", settings.connections().within(descriptors.budget().calls()), callers, registry);
        management = open("management", MANAGEMENT.within(descriptors.budget().management()), askers, registry);
        sources =
                new ManagementSources(settings.metricsSources(), settings.dhcp().subnet(), own::isOwn);
    }

    /** What addresses have shown at a port, with its meters. */
    static PeerAddresses watched(String port, Predicate<InetAddress> trusted, MeterRegistry registry) {
        PeerMeters meters = new PeerMeters(registry, port);
        PeerAddresses addresses = new PeerAddresses(trusted, System::nanoTime, meters);
        meters.watch(addresses);
        return addresses;
    }

    private static PortConnections open(
            String port, ConnectionLimits limits, PeerAddresses addresses, MeterRegistry registry) {
        ConnectionMeters meters = new ConnectionMeters(registry, port);
        PortConnections connections = new PortConnections(port, limits, System::nanoTime, addresses, meters);
        meters.watch(connections);
        return connections;
    }

    /** @param port as it is configured; in tests both are 0, and count as that of calls */
    PortConnections at(int port) {
        return port == managementPort ? management : calls;
    }

    @Override
    public ConnectionGate gateOf(int port) {
        return port == managementPort
                ? new ConnectionGate(management, sources)
                : new ConnectionGate(calls, anybody -> true);
    }

    /** Ends what has been idle for too long; to be called once a second. */
    void tick() {
        calls.tick();
        management.tick();
        callers.tick();
        askers.tick();
    }

    void onCalls(@Observes Router router, SharedSecret secret) {
        router.route().order(BEFORE_EVERYTHING).handler(new CallAdmission(callers, secret::matches));
        router.route().order(BEFORE_EVERYTHING).handler(new Http1Requests());
    }

    void onManagement(@Observes ManagementInterface port) {
        port.router().route().order(BEFORE_EVERYTHING).handler(new RequestAdmission());
        port.router().route().order(BEFORE_EVERYTHING).handler(new Http1Requests());
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}

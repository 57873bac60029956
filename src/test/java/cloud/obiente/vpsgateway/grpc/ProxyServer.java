package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.grpc.connect.RpcEndpoint;
import cloud.obiente.vpsgateway.grpc.connect.RpcSettings;
import cloud.obiente.vpsgateway.grpc.connect.ServiceCatalog;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ops.SshMeters;
import cloud.obiente.vpsgateway.ssh.Allocations;
import cloud.obiente.vpsgateway.ssh.LoopbackTunnels;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** ProxySSH on a bare Vert.x server; 127.0.0.1 is allowed, and is the address of vps-1. */
final class ProxyServer implements AutoCloseable {
    static final Allocation VPS = Allocations.held("vps-1", "127.0.0.1", Allocation.Kind.PUBLIC);
    private static final SshSettings.Limits LIMITS = new SshSettings.Limits(10_000, 256, 256, 64 << 20);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private volatile IpamSnapshot held = Allocations.snapshot(VPS);
    private final SshMeters meters = new SshMeters(registry, () -> held);
    private final LoopbackTunnels.Records records = new LoopbackTunnels.Records();
    private final Tunnels tunnels;
    private final HttpServer server;

    ProxyServer(SshSettings settings, ServerInterceptor... interceptors) {
        tunnels = LoopbackTunnels.open(settings, () -> held, meters, records);
        ProxySshCalls calls = new ProxySshCalls(tunnels, ((VertxInternal) vertx).getEventLoopGroup(), 0);
        ServerServiceDefinition service = ServerServiceDefinition.builder(VPSGatewayServiceGrpc.SERVICE_NAME)
                .addMethod(calls.method(), calls)
                .build();
        Router router = Router.router(vertx);
        new RpcEndpoint(
                        ServiceCatalog.of(List.of(ServerInterceptors.intercept(service, interceptors))),
                        RpcSettings.defaults(),
                        ((VertxInternal) vertx).getEventLoopGroup())
                .mountOn(router, -1);
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setHttp2RstFloodMaxRstFramePerWindow(100_000)
                .setHttp2ConnectionWindowSize(4 << 20);
        options.getInitialSettings().setInitialWindowSize(2 << 20);
        server = vertx.createHttpServer(options)
                .requestHandler(router)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Loopback allowed on every port, a second where the default is five. */
    static SshSettings settings() {
        return settings(LIMITS, Optional.empty());
    }

    static SshSettings settings(SshSettings.Limits limits, Optional<Duration> idleTimeout) {
        return LoopbackTunnels.settings(limits, idleTimeout, Duration.ofSeconds(1));
    }

    static SshSettings settingsThatDrainFor(Duration drain) {
        return LoopbackTunnels.settings(LIMITS, Optional.empty(), drain);
    }

    /** @param stall how long a VPS may take for nothing */
    static SshSettings longTimeoutSettings(Duration stall) {
        return LoopbackTunnels.settings(LIMITS, Optional.empty(), Duration.ofSeconds(1), stall);
    }

    int port() {
        return server.actualPort();
    }

    Tunnels tunnels() {
        return tunnels;
    }

    /** The VPS loses its address. */
    void release() {
        held = Allocations.snapshot();
        meters.changed(List.of(new AllocationChange(Optional.of(VPS), Optional.empty())));
    }

    MeterRegistry registry() {
        return registry;
    }

    List<SessionRecord> records() {
        return records.kept();
    }

    /** Whether not one tunnel, stream or byte is left. */
    boolean isEmpty() {
        return tunnels.connections() == 0
                && tunnels.streams() == 0
                && tunnels.bufferedBytes().now() == 0
                && registry.get("vps_gateway_ssh_proxy_connections_active")
                                .gauge()
                                .value()
                        == 0;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener;
import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.LinkThread;
import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.apilink.PortLookup;
import cloud.obiente.vpsgateway.grpc.connect.RpcEndpoint;
import cloud.obiente.vpsgateway.grpc.connect.RpcSettings;
import cloud.obiente.vpsgateway.grpc.connect.ServiceCatalog;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.ServerServiceDefinition;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** RegisterGateway on a bare Vert.x server. Nothing ticks but by {@link #tick}. */
final class LinkServer implements AutoCloseable {
    static final int MAX_MESSAGE_BYTES = 1 << 20;

    private final Vertx vertx = Vertx.vertx();
    private final LinkThread thread = new LinkThread();
    private final ApiLinkRegistry links;
    private final URI address;

    /**
     * @param steady tells how long something has lasted
     * @param service answers what is asked over links
     * @param lists takes lists that are sent over them
     */
    LinkServer(Clock steady, ServerServiceDefinition service, LinkedCalls.Lists lists) {
        links = new ApiLinkRegistry(
                thread,
                Clock.systemUTC(),
                steady,
                new LinkedCalls(service, lists),
                () -> GatewayRegistration.newBuilder().setVersion("test").build(),
                new MacInquiries(thread, steady, () -> 0, PortLookup.NO_BRIDGE, new ApiLinkListener() {}),
                new ApiLinkListener() {},
                () -> {});
        RegisterGatewayStream stream = new RegisterGatewayStream(links);
        ServerServiceDefinition registration = ServerServiceDefinition.builder(VPSGatewayServiceGrpc.SERVICE_NAME)
                .addMethod(stream.method(), stream)
                .build();
        Router router = Router.router(vertx);
        new RpcEndpoint(
                        ServiceCatalog.of(List.of(registration)),
                        new RpcSettings(MAX_MESSAGE_BYTES, Set.of(), Set.of()),
                        ((VertxInternal) vertx).getEventLoopGroup())
                .mountOn(router, -1);
        int port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        address = URI.create("http://127.0.0.1:" + port);
    }

    URI address() {
        return address;
    }

    ApiLinkRegistry links() {
        return links;
    }

    /** Returns when it has been done. */
    void tick() {
        links.tick();
        CompletableFuture.runAsync(() -> {}, thread).join();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        thread.close();
    }
}

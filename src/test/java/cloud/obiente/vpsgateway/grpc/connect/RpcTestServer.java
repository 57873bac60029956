package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The adapter on a bare Vert.x server, with the HTTP/2 windows of the real one; calls may be reset at will. */
final class RpcTestServer implements AutoCloseable {
    static final int STREAM_WINDOW_BYTES = 256 << 10;
    static final int CONNECTION_WINDOW_BYTES = Integer.MAX_VALUE;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final HttpServer server;

    RpcTestServer(RpcSettings settings, ServerServiceDefinition... services) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setHttp2RstFloodMaxRstFramePerWindow(10_000)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
        options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW_BYTES);
        Router router = Router.router(vertx);
        new RpcEndpoint(ServiceCatalog.of(List.of(services)), settings, ((VertxInternal) vertx).getEventLoopGroup())
                .mountOn(router, -1);
        server = vertx.createHttpServer(options)
                .requestHandler(router)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    RpcTestServer(ServerServiceDefinition... services) {
        this(RpcSettings.defaults(), services);
    }

    int port() {
        return server.actualPort();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    Channel channel() {
        return channel(port());
    }

    static Channel channel(int port) {
        return new Channel(
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** A real gRPC client that goes away with its try block. */
    record Channel(ManagedChannel grpc) implements AutoCloseable {
        @Override
        public void close() {
            grpc.shutdownNow();
            try {
                grpc.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

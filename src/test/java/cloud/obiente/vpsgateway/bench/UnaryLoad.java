package cloud.obiente.vpsgateway.bench;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Unary calls without end over one HTTP/2 connection, so many at once. The same client frames both protocols by itself, so
 * that a difference is the server's.
 */
final class UnaryLoad implements AutoCloseable {
    private static final String SERVICE = "/obiente.cloud.vpsgateway.v1.VPSGatewayService/";

    enum Protocol {
        CONNECT("application/proto") {
            @Override
            Buffer frame(byte[] message) {
                return Buffer.buffer(message);
            }

            @Override
            boolean succeeded(HttpClientResponse response) {
                return response.statusCode() == 200;
            }
        },
        GRPC("application/grpc+proto") {
            @Override
            Buffer frame(byte[] message) {
                return Buffer.buffer()
                        .appendByte((byte) 0)
                        .appendInt(message.length)
                        .appendBytes(message);
            }

            @Override
            boolean succeeded(HttpClientResponse response) {
                return "0".equals(response.getTrailer("grpc-status"));
            }
        };

        private final String contentType;

        Protocol(String contentType) {
            this.contentType = contentType;
        }

        abstract Buffer frame(byte[] message);

        abstract boolean succeeded(HttpClientResponse response);
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpClient http = vertx.createHttpClient(new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(GatewayProcess.GRPC_PORT));

    /** How many calls end in a second; each of the callers makes one after the other. */
    double perSecond(Protocol protocol, String method, byte[] message, int callers, Duration duration) {
        long begun = System.nanoTime();
        long end = begun + duration.toNanos();
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            all.add(callUntil(end, protocol, method, protocol.frame(message), 0));
        }
        Future.all(all).toCompletionStage().toCompletableFuture().join();
        int calls = all.stream().mapToInt(Future::result).sum();
        return calls / ((System.nanoTime() - begun) / 1e9);
    }

    private Future<Integer> callUntil(long end, Protocol protocol, String method, Buffer body, int done) {
        if (System.nanoTime() - end >= 0) {
            return Future.succeededFuture(done);
        }
        return http.request(HttpMethod.POST, SERVICE + method)
                .compose(request -> withHeaders(request, protocol).send(body))
                .compose(response -> response.body().map(answer -> response))
                .compose(response -> protocol.succeeded(response)
                        ? callUntil(end, protocol, method, body, done + 1)
                        : Future.failedFuture(protocol + " call failed, HTTP status " + response.statusCode()));
    }

    private static HttpClientRequest withHeaders(HttpClientRequest request, Protocol protocol) {
        return request.putHeader("content-type", protocol.contentType)
                .putHeader("te", "trailers")
                .putHeader("x-api-secret", GatewayProcess.SECRET);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** HTTP/2 requests that say something and then stay open: the gateway has to end them. No client library is between. */
final class OpenRequest implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final Vertx vertx = Vertx.vertx();

    /** What a request was answered: the whole body, and the trailers as the client prints them. */
    record Ended(int status, String body, String trailers) {}

    /** @throws java.util.concurrent.CompletionException when the gateway does not end it within a minute */
    Ended send(String method, byte[] beginning, Map<String, String> headers) {
        HttpClientOptions options =
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
        return vertx.createHttpClient(options)
                .request(HttpMethod.POST, GatewayProcess.GRPC_PORT, "127.0.0.1", "/" + Curl.SERVICE + "/" + method)
                .compose(request -> begin(request, beginning, headers))
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private static io.vertx.core.Future<Ended> begin(
            HttpClientRequest request, byte[] beginning, Map<String, String> headers) {
        request.setChunked(true).putHeader("x-api-secret", GatewayProcess.SECRET);
        headers.forEach(request::putHeader);
        return request.write(Buffer.buffer(beginning))
                .compose(sent -> request.response())
                .compose(response -> response.body()
                        .map(body -> new Ended(
                                response.statusCode(),
                                body.toString(),
                                response.trailers().toString())));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

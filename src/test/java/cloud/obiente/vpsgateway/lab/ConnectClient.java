package cloud.obiente.vpsgateway.lab;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A client of the Connect protocol over cleartext HTTP/2 by prior knowledge, with protobuf bodies: what the deployed API
 * speaks. Threads may share it.
 */
public final class ConnectClient implements AutoCloseable {
    private static final String SERVICE = "/obiente.cloud.vpsgateway.v1.VPSGatewayService/";

    private static final int STREAM_WINDOW_BYTES = 2 << 20;
    private static final int PING_BYTES = 8;

    private final Vertx vertx;
    private final URI endpoint;
    private final String secret;
    private final HttpClient http;
    private final AtomicReference<HttpConnection> latest = new AtomicReference<>();
    private final AtomicInteger pongs = new AtomicInteger();

    /** @param endpoint such as {@code http://10.0.0.5:1537} */
    public ConnectClient(URI endpoint, String secret) {
        this(Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)), endpoint, secret);
    }

    private ConnectClient(Vertx vertx, URI endpoint, String secret) {
        this.vertx = vertx;
        this.endpoint = endpoint;
        this.secret = secret;
        HttpClientOptions options = new HttpClientOptions();
        options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW_BYTES);
        this.http = vertx.createHttpClient(options.setHttp2ConnectionWindowSize(2 * STREAM_WINDOW_BYTES)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultHost(endpoint.getHost())
                .setDefaultPort(endpoint.getPort()));
    }

    /** One with connections of its own on the same thread, which break when this one is closed; it is not closed itself. */
    ConnectClient another() {
        return new ConnectClient(vertx, endpoint, secret);
    }

    public URI endpoint() {
        return endpoint;
    }

    /** Fails with a {@link ConnectFailure} when the gateway says no. */
    public <T extends Message> CompletableFuture<T> call(String method, Message request, Parser<T> answers) {
        return open(method, "application/proto")
                .compose(exchange -> exchange.send(Buffer.buffer(request.toByteArray())))
                .compose(response -> response.body().map(body -> {
                    if (response.statusCode() != 200) {
                        throw new ConnectFailure(body.toString());
                    }
                    return parse(answers, body.getBytes());
                }))
                .toCompletionStage()
                .toCompletableFuture();
    }

    /**
     * Opens a stream both ways.
     *
     * @param onMessage called for each message, one after the other
     */
    public <T extends Message> CompletableFuture<ConnectStream> stream(
            String method, Parser<T> messages, Consumer<T> onMessage) {
        return stream(StreamProtocol.CONNECT, method, messages, onMessage);
    }

    /** The same in any protocol that this client knows. */
    <T extends Message> CompletableFuture<ConnectStream> stream(
            StreamProtocol protocol, String method, Parser<T> messages, Consumer<T> onMessage) {
        return open(method, protocol.contentType())
                .map(exchange ->
                        ConnectStream.begin(exchange, protocol, bytes -> onMessage.accept(parse(messages, bytes))))
                .toCompletionStage()
                .toCompletableFuture();
    }

    /** Sends a ping frame (RFC 9113 section 6.7) on the connection of the latest call, from now on, this often. */
    public void pingEvery(Duration interval) {
        vertx.setPeriodic(interval.toMillis(), timer -> {
            HttpConnection connection = latest.get();
            if (connection != null) {
                connection.ping(Buffer.buffer(new byte[PING_BYTES])).onSuccess(pong -> pongs.incrementAndGet());
            }
        });
    }

    /** How many pings have been answered. */
    public int pongs() {
        return pongs.get();
    }

    private io.vertx.core.Future<HttpClientRequest> open(String method, String contentType) {
        return http.request(HttpMethod.POST, SERVICE + method)
                .onSuccess(request -> latest.set(request.connection()))
                .map(request -> request.putHeader("content-type", contentType)
                        .putHeader("connect-protocol-version", "1")
                        .putHeader("te", "trailers")
                        .putHeader("user-agent", "api-simulator")
                        .putHeader("x-api-secret", secret));
    }

    /** Messages share the array, which spares a copy of what is large in them. */
    private static <T> T parse(Parser<T> parser, byte[] bytes) {
        CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        input.enableAliasing(true);
        try {
            return parser.parseFrom(input);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the gateway sent another message", e);
        }
    }

    /** Breaks all its connections. */
    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** What the gateway refused, as the JSON of the Connect protocol. */
    public static final class ConnectFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        ConnectFailure(String json) {
            super(json);
        }
    }
}

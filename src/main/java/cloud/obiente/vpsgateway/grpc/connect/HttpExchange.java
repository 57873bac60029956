package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.netty.util.NetUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The HTTP side of one call: who calls, the body being read, the answer being written, and the executor that owns them
 * all.
 */
final class HttpExchange implements Executor {
    /** RFC 9113 section 7. */
    private static final long CANCEL = 8;

    private final HttpServerRequest request;
    private final Context context;
    private final EventLoopExecutor executor;
    private final RequestHead head;
    private final MessageCodec codec;
    private final ResponseWriter writer;
    private final RequestBody body;

    HttpExchange(
            HttpServerRequest request,
            Context context,
            RequestHead head,
            MessageCodec codec,
            MessageReader reader,
            ResponseWriter writer,
            boolean exactlyOneRequest,
            LargeRequests large) {
        this.request = request;
        this.context = context;
        this.executor = new EventLoopExecutor(context);
        this.head = head;
        this.codec = codec;
        this.writer = writer;
        this.body = new RequestBody(request, reader, executor, exactlyOneRequest, large);
    }

    RequestHead head() {
        return head;
    }

    MessageCodec codec() {
        return codec;
    }

    ResponseWriter writer() {
        return writer;
    }

    RequestBody body() {
        return body;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Runs on a worker thread what takes long; the result comes on the event loop. */
    <T> Future<T> offTheLoop(Callable<T> work) {
        return context.executeBlocking(work, false);
    }

    /** Tells when the stream was reset or the connection lost; may tell more than once. */
    void onPeerGone(Consumer<Throwable> observer) {
        Consumer<Throwable> serial = cause -> execute(() -> observer.accept(cause));
        request.exceptionHandler(serial::accept);
        request.response().exceptionHandler(serial::accept);
        request.response().closeHandler(nothing -> serial.accept(new HttpClosedException("Stream closed")));
    }

    /** Gives up what has not been sent yet. */
    void reset() {
        request.response().reset(CANCEL);
    }

    String authority() {
        return request.authority() == null ? "" : request.authority().toString();
    }

    Attributes attributes() {
        Attributes.Builder attributes = Attributes.newBuilder();
        inet(request.remoteAddress()).ifPresent(peer -> attributes.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, peer));
        inet(request.localAddress()).ifPresent(own -> attributes.set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, own));
        PeerPings.of(request.connection(), request.version())
                .ifPresent(pings -> attributes.set(PeerPings.OF_CONNECTION, pings));
        return attributes.build();
    }

    private static Optional<java.net.SocketAddress> inet(SocketAddress address) {
        return Optional.ofNullable(address)
                .map(SocketAddress::hostAddress)
                .map(NetUtil::createInetAddressFromIpAddressString)
                .map(ip -> new InetSocketAddress(ip, address.port()));
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.vertx.core.Future;
import org.jboss.logging.Logger;

/**
 * One call: the face that handlers and interceptors see, whatever protocol the caller speaks.
 *
 * <p>Its methods may be used from any thread, one at a time as {@link ServerCall} demands; they take effect on the event
 * loop of the HTTP request, in the order in which they were called. What has happened to the call is kept by its {@link
 * CallLifecycle}; here is only what the handler has done with it.
 *
 * @param <Q> request message
 * @param <A> response message
 */
final class HttpServerCall<Q, A> extends ServerCall<Q, A> {
    private static final Logger LOG = Logger.getLogger(HttpServerCall.class);

    /** From here on, JSON or gzip would hold up the other calls of the event loop for more than a fraction of a ms. */
    private static final int LONG_ANSWER_BYTES = 16 << 10;

    private final MethodDescriptor<Q, A> method;
    private final HttpExchange exchange;
    private final CallLifecycle<Q> lifecycle;
    private final Metadata requestMetadata;

    private boolean headersSent;
    private boolean messageSent;
    private boolean compressMessages = true;
    private MessageCompression compression = MessageCompression.IDENTITY;
    /** The end of the call waits for it. */
    private Future<?> encoded = Future.succeededFuture();
    /** Other threads may ask whether the call is ready. */
    private volatile boolean closeCalled;

    HttpServerCall(MethodDescriptor<Q, A> method, HttpExchange exchange, Context.CancellableContext context) {
        this.method = method;
        this.exchange = exchange;
        this.lifecycle = new CallLifecycle<>(method, exchange, context);
        this.requestMetadata = exchange.head().metadata();
    }

    /** Begins the call. Call once, on the event loop. */
    void start(ServerCallHandler<Q, A> handler) {
        lifecycle.start(() -> handler.startCall(this, requestMetadata));
    }

    @Override
    public void request(int numMessages) {
        exchange.execute(() -> exchange.body().request(numMessages));
    }

    @Override
    public void sendHeaders(Metadata headers) {
        check(!headersSent, "Headers have already been sent");
        check(!closeCalled, "Call is closed");
        headersSent = true;
        MessageCompression chosen = compression;
        exchange.execute(() -> lifecycle.writeHead(headers, chosen));
    }

    @Override
    public void sendMessage(A message) {
        check(headersSent, "Headers have not been sent");
        check(!closeCalled, "Call is closed");
        if (lifecycle.isCancelled()) {
            return;
        }
        if (messageSent && method.getType().serverSendsOneMessage()) {
            abort(Status.INTERNAL.withDescription("Too many responses"));
            return;
        }
        messageSent = true;
        if (method.getType().serverSendsOneMessage() && isLong(message)) {
            // Mapped, not listened to: what waits for it must come after the message, even if it is done by then.
            encoded = exchange.offTheLoop(() -> encode(message)).map(this::sent);
            encoded.onFailure(this::unencodable);
        } else {
            sendNow(message);
        }
    }

    private OutgoingMessage sent(OutgoingMessage message) {
        lifecycle.send(message);
        return message;
    }

    private static boolean isLong(Object message) {
        return message instanceof MessageLite sized && sized.getSerializedSize() >= LONG_ANSWER_BYTES;
    }

    private void sendNow(A message) {
        try {
            lifecycle.send(encode(message));
        } catch (RuntimeException unencodable) {
            unencodable(unencodable);
        }
    }

    private void unencodable(Throwable why) {
        LOG.warn("Response of " + method.getFullMethodName() + " cannot be encoded", why);
        abort(Status.fromThrowable(why));
    }

    private OutgoingMessage encode(A message) {
        byte[] framed = exchange.codec().format(method.getResponseMarshaller(), message, Envelope.PREFIX_BYTES);
        boolean compress = compressMessages && compression != MessageCompression.IDENTITY;
        return new OutgoingMessage(compress ? compression.compress(framed, Envelope.PREFIX_BYTES) : framed, compress);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        check(!closeCalled, "Call is already closed");
        closeCalled = true;
        if (status.isOk() && method.getType().serverSendsOneMessage() && !messageSent) {
            abort(Status.INTERNAL.withDescription("Completed without a response"));
            return;
        }
        // Some exception handlers hand the request's metadata back as trailers: it may hold the caller's secrets.
        Metadata safe = trailers == requestMetadata ? new Metadata() : trailers;
        // What cannot be encoded ends the call by itself, with an error.
        encoded.onSuccess(done -> exchange.execute(() -> lifecycle.end(status, safe)));
    }

    private void abort(Status status) {
        exchange.execute(() -> lifecycle.abort(status));
    }

    @Override
    public boolean isReady() {
        return !closeCalled && lifecycle.hasCapacity();
    }

    @Override
    public boolean isCancelled() {
        return lifecycle.isCancelled();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        compressMessages = enabled;
    }

    /** Has no effect when the caller does not understand that compression. */
    @Override
    public void setCompression(String compressor) {
        check(!headersSent, "Headers have already been sent");
        MessageCompression wanted = MessageCompression.named(compressor)
                .orElseThrow(() -> new IllegalArgumentException("'" + compressor + "' is not a compression"));
        compression = exchange.head().accepted().contains(wanted) ? wanted : MessageCompression.IDENTITY;
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
        return method;
    }

    @Override
    public Attributes getAttributes() {
        return exchange.attributes().toBuilder()
                .set(OutboundBacklog.KEY, lifecycle)
                .build();
    }

    @Override
    public String getAuthority() {
        return exchange.authority();
    }

    private static void check(boolean legal, String complaint) {
        if (!legal) {
            throw new IllegalStateException(complaint);
        }
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.AsyncResult;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One call: the face that handlers and interceptors see, whatever protocol the caller speaks.
 *
 * <p>Its state belongs to the event loop of the HTTP request. The methods of {@link ServerCall} may be used from any
 * thread, one at a time as that class demands; they take effect on the event loop in the order in which they were
 * called. The listener is only ever called on that loop, in the request's Vert.x context and in the call's {@link
 * Context}, and its last call is exactly one of {@code onComplete} and {@code onCancel}.
 *
 * @param <Q> request message
 * @param <A> response message
 */
final class HttpServerCall<Q, A> extends ServerCall<Q, A> implements RequestBody.Sink, OutboundBacklog {
    private static final System.Logger LOG = System.getLogger(HttpServerCall.class.getName());

    /** Bytes on their way to the caller beyond which a handler should pause. */
    private static final int READY_BELOW_BYTES = 64 << 10;

    private enum Phase {
        OPEN,
        /** The end has been written, but may not have left yet. */
        ENDING,
        /** The listener knows the outcome. */
        SETTLED
    }

    private final MethodDescriptor<Q, A> method;
    private final HttpExchange exchange;
    private final Context.CancellableContext context;
    private final Metadata requestMetadata;

    // Written by the thread that uses the call.
    private boolean headersSent;
    private boolean messageSent;
    private boolean closeCalled;
    private boolean compressMessages = true;
    private Compression compression = Compression.IDENTITY;

    // Shared with the thread that uses the call.
    private final AtomicInteger bytesInFlight = new AtomicInteger();
    private volatile boolean cancelled;
    private volatile boolean closed;

    // Event loop only.
    private Phase phase = Phase.OPEN;
    private Listener<Q> listener;
    private int messagesReceived;
    private int writesInFlight;
    private Runnable backlogObserver = () -> {};
    private boolean endWritten;
    private Optional<OutgoingMessage> heldMessage = Optional.empty();

    HttpServerCall(MethodDescriptor<Q, A> method, HttpExchange exchange, Context.CancellableContext context) {
        this.method = method;
        this.exchange = exchange;
        this.context = context;
        this.requestMetadata = exchange.head().metadata();
    }

    /** Begins the call. Call once, on the event loop. */
    void start(ServerCallHandler<Q, A> handler) {
        exchange.execute(() -> {
            context.addListener(this::onContextCancelled, exchange);
            exchange.onPeerGone(this::peerGone);
            listener = new Listener<>() {};
            notifyListener(() -> listener = handler.startCall(this, requestMetadata));
            // Handlers that are started lazily, on the first event, have to have one.
            notifyListener(() -> listener.onReady());
            exchange.body().start(this);
        });
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
        Compression chosen = compression;
        boolean eager = !method.getType().serverSendsOneMessage();
        exchange.execute(() -> {
            if (phase == Phase.OPEN) {
                exchange.writer().writeHead(headers, chosen);
                if (eager) {
                    exchange.writer().flushHead();
                }
            }
        });
    }

    @Override
    public void sendMessage(A message) {
        check(headersSent, "Headers have not been sent");
        check(!closeCalled, "Call is closed");
        if (cancelled) {
            return;
        }
        if (messageSent && method.getType().serverSendsOneMessage()) {
            exchange.execute(() -> abort(Status.INTERNAL.withDescription("Too many responses")));
            return;
        }
        messageSent = true;
        try {
            OutgoingMessage outgoing = encode(message);
            bytesInFlight.addAndGet(outgoing.size());
            exchange.execute(() -> write(outgoing));
        } catch (RuntimeException unencodable) {
            LOG.log(Level.WARNING, "Response of " + method.getFullMethodName() + " cannot be encoded", unencodable);
            exchange.execute(() -> abort(Status.fromThrowable(unencodable)));
        }
    }

    private OutgoingMessage encode(A message) {
        byte[] framed = exchange.codec().format(method.getResponseMarshaller(), message, Envelope.PREFIX_BYTES);
        boolean compress = compressMessages && compression != Compression.IDENTITY;
        return new OutgoingMessage(compress ? compression.compress(framed, Envelope.PREFIX_BYTES) : framed, compress);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        check(!closeCalled, "Call is already closed");
        closeCalled = true;
        closed = true;
        if (status.isOk() && method.getType().serverSendsOneMessage() && !messageSent) {
            exchange.execute(() -> abort(Status.INTERNAL.withDescription("Completed without a response")));
            return;
        }
        // Some exception handlers hand the request's metadata back as trailers: it may hold the caller's secrets.
        Metadata safe = trailers == requestMetadata ? new Metadata() : trailers;
        exchange.execute(() -> end(status, safe));
    }

    @Override
    public boolean isReady() {
        return !closed && !cancelled && bytesInFlight.get() < READY_BELOW_BYTES;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        compressMessages = enabled;
    }

    /** Has no effect when the caller does not understand that compression. */
    @Override
    public void setCompression(String compressor) {
        check(!headersSent, "Headers have already been sent");
        Compression wanted = Compression.named(compressor)
                .orElseThrow(() -> new IllegalArgumentException("'" + compressor + "' is not a compression"));
        compression = exchange.head().accepted().contains(wanted) ? wanted : Compression.IDENTITY;
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
        return method;
    }

    @Override
    public Attributes getAttributes() {
        return exchange.attributes().toBuilder().set(OutboundBacklog.KEY, this).build();
    }

    @Override
    public int bytes() {
        return bytesInFlight.get();
    }

    @Override
    public void onShrunk(Runnable observer) {
        exchange.execute(() -> backlogObserver = observer);
    }

    @Override
    public String getAuthority() {
        return exchange.authority();
    }

    @Override
    public void onMessageBytes(byte[] message) {
        messagesReceived++;
        if (messagesReceived > 1 && method.getType().clientSendsOneMessage()) {
            abort(wrongNumberOfRequests("more than one"));
            return;
        }
        Q parsed = exchange.codec().parse(method.getRequestMarshaller(), message);
        notifyListener(() -> listener.onMessage(parsed));
    }

    @Override
    public void onBodyEnd() {
        if (messagesReceived == 0 && method.getType().clientSendsOneMessage()) {
            abort(wrongNumberOfRequests("none"));
        } else {
            notifyListener(() -> listener.onHalfClose());
        }
    }

    /** The code is that of gRPC's "Status codes and their use" for a cardinality violation found by a server. */
    private static Status wrongNumberOfRequests(String found) {
        return Status.UNIMPLEMENTED.withDescription("Method takes one request message, the caller sent " + found);
    }

    @Override
    public void onBroken(StatusRuntimeException reason) {
        abort(reason.getStatus());
    }

    private void write(OutgoingMessage message) {
        if (phase != Phase.OPEN || method.getType().serverSendsOneMessage()) {
            heldMessage = Optional.of(message);
            bytesInFlight.addAndGet(-message.size());
            return;
        }
        writesInFlight++;
        exchange.writer().writeMessage(message).onComplete(result -> exchange.execute(() -> written(message, result)));
    }

    private void written(OutgoingMessage message, AsyncResult<Void> result) {
        writesInFlight--;
        int before = bytesInFlight.getAndAdd(-message.size());
        if (result.failed()) {
            peerGone(result.cause());
            return;
        }
        if (phase == Phase.OPEN) {
            notifyListener(backlogObserver);
        }
        boolean becameReady = before >= READY_BELOW_BYTES && before - message.size() < READY_BELOW_BYTES;
        if (phase == Phase.OPEN && becameReady) {
            notifyListener(() -> listener.onReady());
        }
        completeWhenAllHasLeft();
    }

    private void end(Status status, Metadata trailers) {
        if (phase != Phase.OPEN) {
            return;
        }
        phase = Phase.ENDING;
        exchange.body().stop();
        Optional<OutgoingMessage> last = status.isOk() ? heldMessage : Optional.empty();
        exchange.writer()
                .writeEnd(last, status, trailers)
                .onComplete(result -> exchange.execute(() -> {
                    if (result.failed()) {
                        peerGone(result.cause());
                    } else {
                        endWritten = true;
                        completeWhenAllHasLeft();
                    }
                }));
    }

    private void completeWhenAllHasLeft() {
        if (phase == Phase.ENDING && endWritten && writesInFlight == 0) {
            phase = Phase.SETTLED;
            exchange.body().discardRest();
            notifyListener(() -> listener.onComplete());
            context.cancel(null);
        }
    }

    private void onContextCancelled(Context ended) {
        Throwable cause = ended.cancellationCause();
        abort(
                cause instanceof TimeoutException
                        ? Status.DEADLINE_EXCEEDED.withDescription("Deadline exceeded")
                        : Status.CANCELLED.withDescription("Call was cancelled").withCause(cause));
    }

    /** Ends the call with an error that is not the handler's answer. */
    private void abort(Status status) {
        if (phase == Phase.OPEN) {
            exchange.writer()
                    .writeEnd(Optional.empty(), status, new Metadata())
                    .onComplete(result -> exchange.execute(() -> exchange.body().discardRest()));
            cancel(status.asRuntimeException());
        } else if (phase == Phase.ENDING) {
            exchange.reset();
            cancel(status.asRuntimeException());
        }
    }

    /** The caller has gone away, or has cancelled the call. */
    private void peerGone(Throwable cause) {
        if (phase != Phase.SETTLED) {
            cancel(Status.CANCELLED
                    .withDescription("Caller has gone")
                    .withCause(cause)
                    .asRuntimeException());
        }
    }

    private void cancel(StatusRuntimeException cause) {
        phase = Phase.SETTLED;
        cancelled = true;
        exchange.body().stop();
        context.cancel(cause);
        notifyListener(() -> listener.onCancel());
    }

    private void notifyListener(Runnable event) {
        Context previous = context.attach();
        try {
            event.run();
        } catch (RuntimeException | Error fault) {
            LOG.log(Level.WARNING, "Handler of " + method.getFullMethodName() + " failed", fault);
            abort(Status.UNKNOWN
                    .withDescription("Application error processing RPC")
                    .withCause(fault));
        } finally {
            context.detach(previous);
        }
    }

    private static void check(boolean legal, String complaint) {
        if (!legal) {
            throw new IllegalStateException(complaint);
        }
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.AsyncResult;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What happens to one call between its first event and its last.
 *
 * <p>All state belongs to the event loop of the HTTP request; {@link #send}, {@link #hasCapacity} and {@link #isCancelled}
 * may be used from any thread. The listener is only ever called on that loop, in the request's Vert.x context and in the
 * call's {@link Context}, and its last call is exactly one of {@code onComplete} and {@code onCancel}.
 *
 * @param <Q> request message
 */
final class CallLifecycle<Q> implements RequestBody.Sink, OutboundBacklog {
    private static final Logger LOG = Logger.getLogger(CallLifecycle.class);

    /** Bytes on their way to the caller beyond which a handler should pause. */
    private static final int READY_BELOW_BYTES = 64 << 10;

    private enum Phase {
        OPEN,
        /** The end has been written, but may not have left yet. */
        ENDING,
        /** The listener knows the outcome. */
        SETTLED
    }

    private final MethodDescriptor<Q, ?> method;
    private final HttpExchange exchange;
    private final Context.CancellableContext context;
    private final AtomicInteger bytesInFlight = new AtomicInteger();
    private volatile boolean cancelled;

    private Phase phase = Phase.OPEN;
    private ServerCall.Listener<Q> listener = new ServerCall.Listener<>() {};
    private int messagesReceived;
    private int writesInFlight;
    private boolean endWritten;
    private Runnable backlogObserver = () -> {};
    private Optional<OutgoingMessage> heldMessage = Optional.empty();

    CallLifecycle(MethodDescriptor<Q, ?> method, HttpExchange exchange, Context.CancellableContext context) {
        this.method = method;
        this.exchange = exchange;
        this.context = context;
    }

    void start(Supplier<ServerCall.Listener<Q>> handler) {
        exchange.execute(() -> {
            context.addListener(this::onContextCancelled, exchange);
            exchange.onPeerGone(this::streamClosed);
            notifyListener(() -> listener = handler.get());
            // Handlers that are started lazily, on the first event, have to have one.
            notifyListener(() -> listener.onReady());
            exchange.body().start(this);
        });
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Whether the caller keeps up with what it is sent. */
    boolean hasCapacity() {
        return !cancelled && bytesInFlight.get() < READY_BELOW_BYTES;
    }

    @Override
    public int bytes() {
        return bytesInFlight.get();
    }

    @Override
    public void onShrunk(Runnable observer) {
        exchange.execute(() -> backlogObserver = observer);
    }

    void send(OutgoingMessage message) {
        bytesInFlight.addAndGet(message.cost());
        exchange.execute(() -> write(message));
    }

    void writeHead(Metadata headers, MessageCompression compression) {
        if (phase != Phase.OPEN) {
            return;
        }
        exchange.writer().writeHead(headers, compression);
        if (!method.getType().serverSendsOneMessage()) {
            exchange.writer().flushHead();
        }
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
            bytesInFlight.addAndGet(-message.cost());
            return;
        }
        writesInFlight++;
        exchange.writer().writeMessage(message).onComplete(result -> exchange.execute(() -> written(message, result)));
    }

    private void written(OutgoingMessage message, AsyncResult<Void> result) {
        writesInFlight--;
        int before = bytesInFlight.getAndAdd(-message.cost());
        if (result.failed()) {
            peerGone(result.cause());
            return;
        }
        if (phase == Phase.OPEN) {
            notifyListener(backlogObserver);
        }
        boolean becameReady = before >= READY_BELOW_BYTES && before - message.cost() < READY_BELOW_BYTES;
        if (phase == Phase.OPEN && becameReady) {
            notifyListener(() -> listener.onReady());
        }
        completeWhenAllHasLeft();
    }

    void end(Status status, Metadata trailers) {
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
        if (!endWritten || writesInFlight > 0) {
            return;
        }
        exchange.body().discardRest();
        if (phase == Phase.ENDING) {
            phase = Phase.SETTLED;
            notifyListener(() -> listener.onComplete());
            context.cancel(null);
        }
    }

    private void onContextCancelled(Context ended) {
        Throwable cause = ended.cancellationCause();
        Status status = cause instanceof TimeoutException
                ? Status.DEADLINE_EXCEEDED.withDescription("Deadline exceeded")
                : Status.CANCELLED.withDescription("Call was cancelled").withCause(cause);
        if (phase == Phase.OPEN && writesInFlight > 0) {
            // A status would wait behind messages that the caller does not read.
            giveUp(status);
        } else {
            abort(status);
        }
    }

    /** Ends the call with an error that is not the handler's answer. */
    void abort(Status status) {
        if (phase == Phase.OPEN) {
            exchange.writer()
                    .writeEnd(Optional.empty(), status, new Metadata())
                    .onComplete(result -> exchange.execute(() -> {
                        endWritten = true;
                        completeWhenAllHasLeft();
                    }));
            cancel(status.asRuntimeException());
        } else if (phase == Phase.ENDING) {
            giveUp(status);
        }
    }

    private void giveUp(Status status) {
        exchange.reset();
        cancel(status.asRuntimeException());
    }

    /**
     * A stream also closes when all has gone well, and may tell so before the last write does: once the end is being
     * written, the outcome of that decides.
     */
    private void streamClosed(Throwable cause) {
        if (phase == Phase.OPEN) {
            peerGone(cause);
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
            LOG.warn("Handler of " + method.getFullMethodName() + " failed", fault);
            abort(Status.UNKNOWN
                    .withDescription("Application error processing RPC")
                    .withCause(fault));
        } finally {
            context.detach(previous);
        }
    }
}

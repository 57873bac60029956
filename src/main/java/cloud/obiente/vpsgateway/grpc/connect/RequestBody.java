package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * Reads the messages of one request, no faster than they are asked for.
 *
 * <p>Nothing is taken from the HTTP stream beyond one chunk unless a message has been asked for, so a caller whose
 * messages nobody wants is stopped by the stream's flow-control window. All state belongs to the executor, which is the
 * call's.
 */
final class RequestBody {
    /** Where the messages go; called on the executor. */
    interface Sink {
        void onMessageBytes(byte[] message);

        void onBodyEnd();

        void onBroken(StatusRuntimeException reason);
    }

    private static final Logger LOG = Logger.getLogger(RequestBody.class);

    /** RFC 9113 section 7: the peer shall stop sending, no harm done. */
    static final long NO_ERROR = 0;
    /** On HTTP/1.1 a request has to be read to its end; past this many bytes the connection is closed instead. */
    private static final long DISCARD_LIMIT_BYTES = 1 << 20;

    private enum Demand {
        NONE,
        ONE_CHUNK,
        ALL
    }

    private final HttpServerRequest request;
    private final MessageReader reader;
    private final Executor executor;
    private final boolean exactlyOne;
    private final LargeRequests large;
    private Sink sink;
    private Demand demand = Demand.NONE;
    private long credits;
    private long delivered;
    private long discarded;
    private boolean ended;
    private boolean stopped;
    /** Of messages that are not done with. */
    private int held;
    /** How much of that is counted. */
    private int counted;
    /** A large message that waits for its turn. */
    private Optional<byte[]> waiting = Optional.empty();

    private Optional<LargeRequests.Turn> turn = Optional.empty();

    /**
     * @param exactlyOne the method takes one message, so more are looked for without being asked for
     * @param large shared by all calls
     */
    RequestBody(
            HttpServerRequest request,
            MessageReader reader,
            Executor executor,
            boolean exactlyOne,
            LargeRequests large) {
        this.large = large;
        this.request = request;
        this.reader = reader;
        this.executor = executor;
        this.exactlyOne = exactlyOne;
    }

    void start(Sink destination) {
        sink = destination;
        if (request.isEnded()) {
            ended = true;
            reader.end();
        } else {
            request.pause();
            request.handler(chunk -> executor.execute(() -> onChunk(chunk)));
            request.endHandler(nothing -> executor.execute(this::onEnd));
        }
        pump();
    }

    void request(int messages) {
        credits += messages;
        pump();
    }

    /** No message is delivered after this, and those that were are done with. */
    void stop() {
        stopped = true;
        demandAtMost(Demand.NONE);
        forget();
    }

    private void forget() {
        waiting = Optional.empty();
        turn.ifPresent(large::giveBack);
        turn = Optional.empty();
        if (counted > 0) {
            large.left(counted);
        }
        counted = 0;
        held = 0;
    }

    /** Call when the response is complete: what the caller still sends is of no use. */
    void discardRest() {
        stopped = true;
        if (ended || request.isEnded()) {
            return;
        }
        if (request.version() == HttpVersion.HTTP_2) {
            ended = true;
            request.response().reset(NO_ERROR);
        } else {
            request.resume();
        }
    }

    private void onChunk(Buffer chunk) {
        if (demand == Demand.ONE_CHUNK) {
            demand = Demand.NONE;
        }
        if (stopped) {
            discard(chunk.length());
        } else if (mayHold(chunk.length())) {
            reader.feed(chunk);
            pump();
        } else {
            stop();
            sink.onBroken(Status.UNAVAILABLE
                    .withDescription("Large requests arrive faster than they can be worked on: "
                            + LargeRequests.MAX_ARRIVED_BYTES + " bytes of them are held; try again in a moment")
                    .asRuntimeException());
        }
    }

    private boolean mayHold(int more) {
        held += more;
        int beyond = Math.max(0, held - LargeRequests.SMALL_BYTES) - counted;
        if (beyond > 0 && !large.arrive(beyond)) {
            return false;
        }
        counted += Math.max(0, beyond);
        return true;
    }

    private void discard(int bytes) {
        discarded += bytes;
        if (discarded > DISCARD_LIMIT_BYTES && request.version() != HttpVersion.HTTP_2) {
            request.connection().close().onFailure(alreadyClosed -> ended = true);
        }
    }

    private void onEnd() {
        ended = true;
        if (!stopped) {
            reader.end();
            pump();
        }
    }

    private void pump() {
        pump(() -> {});
    }

    private void pump(Runnable first) {
        try {
            first.run();
            while (!stopped && deliverNext()) {}
        } catch (StatusRuntimeException broken) {
            stop();
            sink.onBroken(broken);
        } catch (RuntimeException | Error fault) {
            LOG.warn("A request could not be read", fault);
            stop();
            sink.onBroken(Status.INTERNAL
                    .withDescription("The request could not be read")
                    .asRuntimeException());
        }
        adjustDemand();
    }

    private boolean deliverNext() {
        if (waiting.isPresent()) {
            return false;
        }
        if (credits > 0 || (exactlyOne && delivered > 0)) {
            Optional<byte[]> message = reader.poll();
            if (message.isPresent()) {
                credits--;
                delivered++;
                return deliver(message.get());
            }
        }
        if (ended && reader.isEmpty()) {
            stopped = true;
            sink.onBodyEnd();
        }
        return false;
    }

    /** @return whether that has been done, and is not waited for */
    private boolean deliver(byte[] message) {
        if (message.length <= LargeRequests.SMALL_BYTES || turn.isPresent()) {
            sink.onMessageBytes(message);
            forgetUnlessOnlyOne();
            return true;
        }
        waiting = Optional.of(message);
        LargeRequests.Turn wanted =
                new LargeRequests.Turn(message.length, () -> executor.execute(this::deliverWaiting));
        turn = Optional.of(wanted);
        large.await(wanted);
        return false;
    }

    private void deliverWaiting() {
        Optional<byte[]> message = waiting;
        waiting = Optional.empty();
        if (message.isPresent()) {
            pump(() -> sink.onMessageBytes(message.get()));
            forgetUnlessOnlyOne();
        }
    }

    /** Of a stream nothing is known of what becomes of its messages; who takes them has bounds of his own. */
    private void forgetUnlessOnlyOne() {
        if (!exactlyOne) {
            forget();
        }
    }

    private void adjustDemand() {
        // The request may have ended already while the task that tells us so still waits its turn.
        if (stopped || ended || request.isEnded()) {
            return;
        }
        if (waiting.isPresent()) {
            demandAtMost(Demand.NONE);
            return;
        }
        if (credits > 0 || (exactlyOne && delivered > 0)) {
            if (demand != Demand.ALL) {
                demand = Demand.ALL;
                request.resume();
            }
        } else {
            demandAtMost(Demand.ONE_CHUNK);
            // One chunk ahead, so that the end of the request shows even when no message is asked for.
            if (reader.isEmpty() && demand == Demand.NONE) {
                demand = Demand.ONE_CHUNK;
                request.fetch(1);
            }
        }
    }

    private void demandAtMost(Demand most) {
        if (demand.compareTo(most) > 0 && !request.isEnded()) {
            demand = Demand.NONE;
            request.pause();
        }
    }
}

package cloud.obiente.vpsgateway.lab;

import com.google.protobuf.Message;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A stream of the Connect protocol: each message behind one byte of flags and four of length. */
public final class ConnectStream {
    private static final int PREFIX_BYTES = 5;
    private static final int END_OF_STREAM = 2;
    private static final long CANCEL = 8;
    private static final int ENOUGH_BYTES = 64 << 10;

    private final HttpClientRequest request;
    private final Consumer<byte[]> onMessage;
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private Buffer unread = Buffer.buffer();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile Runnable onDrained = () -> {};
    private boolean paused;
    private Optional<HttpClientResponse> response = Optional.empty();

    private ConnectStream(HttpClientRequest request, Consumer<byte[]> onMessage) {
        this.request = request;
        this.onMessage = onMessage;
    }

    static ConnectStream begin(HttpClientRequest request, Consumer<byte[]> onMessage) {
        ConnectStream stream = new ConnectStream(request, onMessage);
        request.setChunked(true);
        request.exceptionHandler(stream.end::completeExceptionally);
        request.response().onSuccess(stream::begun).onFailure(stream.end::completeExceptionally);
        request.sendHead();
        return stream;
    }

    private synchronized void begun(HttpClientResponse begun) {
        response = Optional.of(begun);
        if (paused) {
            begun.pause();
        }
        begun.handler(this::read);
        begun.exceptionHandler(end::completeExceptionally);
        begun.endHandler(nothing -> end.completeExceptionally(new IllegalStateException("no end-of-stream message")));
    }

    private void read(Buffer chunk) {
        unread.appendBuffer(chunk);
        while (unread.length() >= PREFIX_BYTES && unread.length() >= PREFIX_BYTES + unread.getInt(1)) {
            int next = PREFIX_BYTES + unread.getInt(1);
            byte[] body = unread.getBytes(PREFIX_BYTES, next);
            if ((unread.getByte(0) & END_OF_STREAM) != 0) {
                end.complete(new String(body, java.nio.charset.StandardCharsets.UTF_8));
            } else {
                onMessage.accept(body);
            }
            unread = unread.getBuffer(next, unread.length());
        }
    }

    /** Any thread; messages of one thread arrive in their order. */
    public void send(Message message) {
        byte[] body = message.toByteArray();
        send(Buffer.buffer().appendByte((byte) 0).appendInt(body.length).appendBytes(body));
    }

    /** Bytes as they are, for what no honest client sends. */
    public void send(Buffer raw) {
        int size = raw.length();
        inFlight.addAndGet(size);
        request.write(raw).onSuccess(written -> taken(size)).onFailure(end::completeExceptionally);
    }

    private void taken(int size) {
        int left = inFlight.addAndGet(-size);
        if (left < ENOUGH_BYTES && left + size >= ENOUGH_BYTES) {
            onDrained.run();
        }
    }

    /** Whether what was sent waits to be taken. */
    public boolean isFull() {
        return inFlight.get() >= ENOUGH_BYTES;
    }

    /** @param task is run when what was sent has been taken; on the connection's thread */
    public void onDrained(Runnable task) {
        onDrained = task;
    }

    /** No more messages for now: the gateway feels it when the window of the stream is used up. */
    public synchronized void pause() {
        paused = true;
        response.ifPresent(HttpClientResponse::pause);
    }

    /** Messages are welcome again. */
    public synchronized void resume() {
        if (paused) {
            paused = false;
            response.ifPresent(HttpClientResponse::resume);
        }
    }

    /** Nothing more will be sent. */
    public void halfClose() {
        request.end().onFailure(end::completeExceptionally);
    }

    /** Breaks it off. */
    public void reset() {
        request.reset(CANCEL);
    }

    /** The end-of-stream message, JSON; fails when the stream broke. */
    public CompletableFuture<String> end() {
        return end;
    }
}

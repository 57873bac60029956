package cloud.obiente.vpsgateway.lab;

import com.google.protobuf.Message;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A stream of the Connect protocol: each message behind one byte of flags and four of length. */
public final class ConnectStream {
    private static final int PREFIX_BYTES = 5;
    private static final int END_OF_STREAM = 2;
    private static final long CANCEL = 8;

    private final HttpClientRequest request;
    private final Consumer<byte[]> onMessage;
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private volatile HttpClientResponse response;
    private Buffer unread = Buffer.buffer();

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

    private void begun(HttpClientResponse response) {
        this.response = response;
        response.handler(this::read);
        response.exceptionHandler(end::completeExceptionally);
        response.endHandler(
                nothing -> end.completeExceptionally(new IllegalStateException("no end-of-stream message")));
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
        request.write(raw).onFailure(end::completeExceptionally);
    }

    /** Whether what is sent now would have to wait. */
    boolean isFull() {
        return request.writeQueueFull();
    }

    /** Runs this when the stream is no longer full. */
    void onDrained(Runnable action) {
        request.drainHandler(drained -> action.run());
    }

    /** No more messages, until {@link #resume}; only after the first. */
    void pause() {
        response.pause();
    }

    void resume() {
        response.resume();
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

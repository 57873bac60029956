package cloud.obiente.vpsgateway.lab;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A stream whose messages stand behind one byte of flags and four of length, as Connect's and gRPC's do. */
public final class ConnectStream {
    private static final int PREFIX_BYTES = 5;
    private static final int END_OF_STREAM = 2;
    private static final long CANCEL = 8;
    private static final int PING_BYTES = 8;
    private static final int ENOUGH_BYTES = 64 << 10;

    private final HttpClientRequest request;
    private final StreamProtocol protocol;
    private final Consumer<byte[]> onMessage;
    private final CompletableFuture<String> end = new CompletableFuture<>();
    /** Connection's thread only, like the body behind it. */
    private final byte[] prefix = new byte[PREFIX_BYTES];

    private int prefixFilled;
    private byte[] body = new byte[0];
    private int bodyFilled;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile Runnable onDrained = () -> {};
    private boolean paused;
    private Optional<HttpClientResponse> response = Optional.empty();

    private ConnectStream(HttpClientRequest request, StreamProtocol protocol, Consumer<byte[]> onMessage) {
        this.request = request;
        this.protocol = protocol;
        this.onMessage = onMessage;
    }

    /** @param onMessage is given each message, which is its own from then on */
    static ConnectStream begin(HttpClientRequest request, StreamProtocol protocol, Consumer<byte[]> onMessage) {
        ConnectStream stream = new ConnectStream(request, protocol, onMessage);
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
        begun.endHandler(nothing -> protocol.endBehindTheBody(begun)
                .ifPresentOrElse(
                        end::complete, () -> end.completeExceptionally(new IllegalStateException("cut short"))));
    }

    /** Each byte is copied once. */
    private void read(Buffer chunk) {
        int read = 0;
        while (read < chunk.length()) {
            if (prefixFilled < PREFIX_BYTES) {
                int count = fill(prefix, prefixFilled, chunk, read);
                read += count;
                prefixFilled += count;
                if (prefixFilled == PREFIX_BYTES) {
                    body = new byte[ByteBuffer.wrap(prefix).getInt(1)];
                    bodyFilled = 0;
                }
            }
            if (prefixFilled == PREFIX_BYTES) {
                int count = fill(body, bodyFilled, chunk, read);
                read += count;
                bodyFilled += count;
                if (bodyFilled == body.length) {
                    take(body);
                }
            }
        }
    }

    private static int fill(byte[] target, int filled, Buffer chunk, int read) {
        int count = Math.min(target.length - filled, chunk.length() - read);
        chunk.getBytes(read, read + count, target, filled);
        return count;
    }

    private void take(byte[] message) {
        boolean last = (prefix[0] & END_OF_STREAM) != 0;
        prefixFilled = 0;
        if (last) {
            end.complete(new String(message, StandardCharsets.UTF_8));
        } else {
            onMessage.accept(message);
        }
    }

    /** Any thread; messages of one thread arrive in their order. */
    public void send(Message message) {
        int size = message.getSerializedSize();
        byte[] framed = new byte[PREFIX_BYTES + size];
        ByteBuffer.wrap(framed).putInt(1, size);
        try {
            message.writeTo(CodedOutputStream.newInstance(framed, PREFIX_BYTES, size));
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory failed", impossible);
        }
        send(Buffer.buffer(framed));
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

    /** Makes sure of the connection by an HTTP/2 PING; done when it has been answered. */
    public CompletableFuture<Buffer> ping() {
        CompletableFuture<Buffer> answer = new CompletableFuture<>();
        HttpConnection connection = request.connection();
        // On the connection's thread: from any other, the answer may come before Vert.x waits for it.
        ((ConnectionBase) connection).channel().eventLoop().execute(() -> connection
                .ping(Buffer.buffer(new byte[PING_BYTES]))
                .onSuccess(answer::complete)
                .onFailure(answer::completeExceptionally));
        return answer;
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

package cloud.obiente.vpsgateway.ssh;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The bytes on their way to one VPS, in the order in which they were accepted; before its socket is open, they wait. Lives
 * on the event loop of its tunnel.
 */
final class VpsWriter {
    /**
     * From this many bytes on no more are taken. With one message of the usual 32 KiB beyond it, and the 128 KiB that the
     * stream may have on their way to the caller, a tunnel holds 256 KiB at most.
     */
    static final int ENOUGH_BYTES = 96 << 10;

    /** A long message goes in pieces, so that it shows when a VPS takes it slowly. */
    private static final int PIECE_BYTES = 32 << 10;
    /** More messages than that wait here, where small ones are put together. A VPS that reads has fewer on their way. */
    private static final int MAX_WRITES = 8;

    private final BufferedBytes held;
    private final IntConsumer observer;
    private final CoalescingQueue waiting = new CoalescingQueue();
    private Optional<Channel> socket = Optional.empty();
    private int pendingBytes;
    private int writes;
    private boolean broken;
    private Optional<Throwable> failure = Optional.empty();
    private boolean finishing;
    private boolean finished;

    /** @param observer called after each write with the bytes that the VPS's socket has taken, 0 when it took none */
    VpsWriter(BufferedBytes held, IntConsumer observer) {
        this.held = held;
        this.observer = observer;
    }

    void send(ByteBuffer bytes) {
        if (broken) {
            return;
        }
        pendingBytes += bytes.remaining();
        held.add(bytes.remaining());
        waiting.add(bytes);
        writeWaiting();
    }

    /** The socket is open. */
    void open(Channel connected) {
        socket = Optional.of(connected);
        writeWaiting();
        finishIfEmpty();
    }

    private void writeWaiting() {
        while (socket.isPresent() && !waiting.isEmpty() && writes < MAX_WRITES) {
            write(socket.get(), waiting.removeFirst());
        }
    }

    private void write(Channel to, ByteBuffer bytes) {
        for (int from = bytes.position(); from < bytes.limit(); from += PIECE_BYTES) {
            int size = Math.min(PIECE_BYTES, bytes.limit() - from);
            writes++;
            to.write(Unpooled.wrappedBuffer(bytes.slice(from, size)))
                    .addListener(result -> onWritten(size, Optional.ofNullable(result.cause())));
        }
        to.flush();
    }

    private void onWritten(int size, Optional<Throwable> fault) {
        writes--;
        pendingBytes -= size;
        held.add(-size);
        // The VPS may have sent more before it stopped reading; its side will tell when it has ended.
        failure = failure.or(() -> fault.map(VpsWriter::root));
        broken |= fault.isPresent();
        if (broken) {
            drop();
        }
        writeWaiting();
        finishIfEmpty();
        observer.accept(fault.isPresent() ? 0 : size);
    }

    private static Throwable root(Throwable fault) {
        return fault.getCause() == null ? fault : root(fault.getCause());
    }

    /** Whether more is welcome: one message always, so that no tunnel stands still. */
    boolean hasCapacity() {
        return pendingBytes == 0 || (pendingBytes < ENOUGH_BYTES && !held.isFull());
    }

    boolean isEmpty() {
        return pendingBytes == 0;
    }

    boolean isBroken() {
        return broken;
    }

    /**
     * What broke the connection while bytes were written. The kernel tells of a reset once, and where it was told here,
     * reading comes to a normal end. Empty where the VPS had ended its side first: that is EPIPE, not ECONNRESET.
     */
    Optional<Throwable> breakage() {
        return failure.filter(fault -> fault instanceof IOException
                && !(fault instanceof ClosedChannelException)
                && !"Broken pipe".equals(fault.getMessage()));
    }

    /** The VPS sees the end of input behind the last byte. */
    void finish() {
        finishing = true;
        finishIfEmpty();
    }

    private void finishIfEmpty() {
        if (finishing && !finished && !broken && pendingBytes == 0 && socket.isPresent()) {
            finished = true;
            ((SocketChannel) socket.get()).shutdownOutput().addListener(done -> broken |= !done.isSuccess());
        }
    }

    /** Forgets what the socket has not been given. */
    void drop() {
        while (!waiting.isEmpty()) {
            ByteBuffer bytes = waiting.removeFirst();
            pendingBytes -= bytes.remaining();
            held.add(-bytes.remaining());
        }
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ssh.CoalescingQueue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Bytes on their way to a client, within the window that its channel has open (RFC 4254 section 5.2). Used by the tasks of
 * one {@link SerialExecutor} only, so nothing is locked; what has left is told on any thread. It bounds nothing:
 * whoever feeds it stops in time.
 */
final class ClientOutput {
    private static final int HEADER_BYTES = 12;
    /** On their way at once; more wait here, where small ones are put together. A client that reads has fewer. */
    private static final int MAX_PACKETS = 16;

    private final Channel channel;
    private final IntConsumer observer;
    private final Runnable onFinished;
    private final Runnable onCapacity;
    private final CoalescingQueue waiting = new CoalescingQueue();
    private final AtomicInteger packets = new AtomicInteger();
    private volatile boolean waitsForCapacity;
    private boolean finishing;
    private boolean finished;

    /**
     * @param observer called on any thread with the bytes that have left, or never will
     * @param onFinished called once, when all has been written that came before {@link #finish}
     * @param onCapacity called on any thread when {@link #pump} has something to do again
     */
    ClientOutput(Channel channel, IntConsumer observer, Runnable onFinished, Runnable onCapacity) {
        this.channel = channel;
        this.observer = observer;
        this.onFinished = onFinished;
        this.onCapacity = onCapacity;
    }

    void send(byte[] bytes) throws IOException {
        waiting.add(ByteBuffer.wrap(bytes));
        pump();
    }

    /** Nothing comes behind what was sent. */
    void finish() throws IOException {
        finishing = true;
        pump();
    }

    /** Writes what the window lets through; to be called again when it has grown. */
    void pump() throws IOException {
        RemoteWindow window = channel.getRemoteWindow();
        while (!waiting.isEmpty() && window.getSize() > 0 && mayWrite()) {
            ByteBuffer next = waiting.first();
            int size = (int) Math.min(next.remaining(), Math.min(window.getSize(), window.getPacketSize()));
            window.consume(size);
            write(next, size);
            if (!next.hasRemaining()) {
                waiting.removeFirst();
            }
        }
        if (finishing && !finished && waiting.isEmpty()) {
            finished = true;
            onFinished.run();
        }
    }

    /** A packet that leaves while this is asked finds that somebody waits, or is not counted any more. */
    private boolean mayWrite() {
        if (packets.get() < MAX_PACKETS) {
            return true;
        }
        waitsForCapacity = true;
        return packets.get() < MAX_PACKETS;
    }

    private void write(ByteBuffer bytes, int size) throws IOException {
        Session session = channel.getSession();
        Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, size + HEADER_BYTES);
        packet.putUInt(channel.getRecipient());
        packet.putUInt(size);
        packet.putRawBytes(bytes.array(), bytes.arrayOffset() + bytes.position(), size);
        bytes.position(bytes.position() + size);
        packets.incrementAndGet();
        session.writePacket(packet).addListener(written -> onWritten(size));
    }

    private void onWritten(int size) {
        packets.decrementAndGet();
        observer.accept(size);
        if (waitsForCapacity) {
            waitsForCapacity = false;
            onCapacity.run();
        }
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2CompletionHandler;
import org.apache.sshd.common.io.nio2.Nio2DefaultIoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * A client's socket that knows what waits in its own queue of writes, instead of relying on what others are told of it. What
 * is written, and what has left, comes in the same order; it is written to under the lock of its session's encoder.
 */
final class BastionSocket extends Nio2Session {
    private static final int NOT_COUNTED = 0;

    /** A keystroke, a keepalive, a key exchange: what is read from a client that copies no files. */
    static final int SMALL_READ_BYTES = 2 << 10;

    /** SSHD's own, of which a thousand idle clients would hold a third of the heap. */
    static final int LARGE_READ_BYTES = 32 << 10;

    private final AnswerQueue answers;
    /** One for each write that has not left. */
    private final Queue<Integer> costs = new ConcurrentLinkedQueue<>();

    private volatile Runnable onDrained = () -> {};
    /** Under the encoder's lock. */
    private boolean writesData;
    /** By the last reading. Only one thread at a time reads, and hands over by the channel. */
    private volatile int lastRead;

    private BastionSocket(
            Nio2Service service,
            FactoryManager manager,
            IoHandler handler,
            AsynchronousSocketChannel socket,
            SocketAddress acceptanceAddress,
            AnswerQueue answers)
            throws IOException {
        super(service, manager, handler, socket, acceptanceAddress);
        this.answers = answers;
    }

    /** Makes them for SSHD. */
    static final class Factory extends Nio2ServiceFactoryFactory {
        private final AnswerQueue.Limits limits;

        Factory(AnswerQueue.Limits limits) {
            this.limits = limits;
        }

        @Override
        public IoServiceFactory create(FactoryManager manager) {
            return new Nio2ServiceFactory(manager, newExecutor(), newExecutor()) {
                @Override
                public Nio2Session createSession(
                        Nio2Service service, IoHandler handler, AsynchronousSocketChannel socket, SocketAddress address)
                        throws Throwable {
                    return new BastionSocket(
                            service, getFactoryManager(), handler, socket, address, new AnswerQueue(limits));
                }
            };
        }
    }

    @Override
    public void startReading() {
        startReading(SMALL_READ_BYTES);
    }

    @Override
    protected void handleReadCycleCompletion(
            ByteBuffer buffer,
            Readable read,
            Nio2CompletionHandler<Integer, Object> handler,
            Integer result,
            Object attachment) {
        lastRead = result;
        super.handleReadCycleCompletion(buffer, read, handler, result, attachment);
    }

    /** Into a large buffer for as long as much is read, and into a small one while a client is waited for. */
    @Override
    protected void doReadCycle(ByteBuffer buffer, Nio2CompletionHandler<Integer, Object> handler) {
        int wanted = bufferBytes(buffer.capacity(), lastRead);
        if (wanted == buffer.capacity()) {
            super.doReadCycle(buffer, handler);
        } else {
            // What is in the other one may not have been taken yet.
            ByteBuffer other = ByteBuffer.allocate(wanted);
            super.doReadCycle(other, createReadCycleCompletionHandler(other, Readable.readable(other)));
        }
    }

    static int bufferBytes(int present, int lastRead) {
        if (lastRead >= present) {
            return LARGE_READ_BYTES;
        }
        return lastRead <= SMALL_READ_BYTES / 2 ? SMALL_READ_BYTES : present;
    }

    AnswerQueue answers() {
        return answers;
    }

    /** @param task called on any thread whenever something has left, must be short */
    void onDrained(Runnable task) {
        onDrained = task;
    }

    /** The next write is of a channel's data, or is not. Under the encoder's lock. */
    void writesData(boolean isData) {
        writesData = isData;
    }

    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
        if (!isClosing()) {
            // Before it is written, since it may have left when that returns.
            costs.add(writesData ? NOT_COUNTED : answers.add(buffer.available()));
        }
        return super.writeBuffer(buffer);
    }

    @Override
    protected void finishWrite(Nio2DefaultIoWriteFuture future) {
        // Without a buffer it is the end of all writes, which is none.
        if (future.getBuffer() != null) {
            Integer cost = costs.poll();
            if (cost != null && cost != NOT_COUNTED) {
                answers.remove(cost);
                onDrained.run();
            }
        }
        super.finishWrite(future);
    }
}

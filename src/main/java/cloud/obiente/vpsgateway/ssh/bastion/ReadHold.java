package cloud.obiente.vpsgateway.ssh.bastion;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;

/**
 * Gives a session what was read from its client, piece by piece, for as long as the client takes the answers: when too many
 * wait, the rest of what was read stays where it is, and nothing more is read until half of them have left. So a client costs
 * what the answers to one piece cost, however much it sends.
 *
 * <p>One thread at a time feeds: the one that reads until it holds, then a task that half of the answers have woken, which
 * lets it read again. The bytes stay in the buffer they were read into; nobody reads into it meanwhile.
 */
final class ReadHold {
    /** The smallest message that is answered has 36 bytes once there are keys. */
    private static final int PIECE_BYTES = 1 << 10;

    private final IoSession socket;
    private final AnswerQueue answers;
    private final Session session;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private final AtomicBoolean held = new AtomicBoolean();
    private Readable unread;
    private volatile long heldSince;

    /** What is fed. */
    interface Session {
        /** @throws Exception when the connection cannot go on */
        void feed(Readable piece) throws Exception;

        boolean mayGoOn();

        /** Feeding failed on a thread that is not the socket's. */
        void failed(Exception fault);
    }

    /**
     * @param threads for feeding on, once answers have left
     * @param nanoTime {@link System#nanoTime}
     */
    ReadHold(IoSession socket, AnswerQueue answers, Session session, Executor threads, LongSupplier nanoTime) {
        this.socket = socket;
        this.answers = answers;
        this.session = session;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    /** On the thread that reads, which reads on when this returns unless the socket was told not to. */
    void received(Readable bytes) throws Exception {
        unread = bytes;
        feedAndReadOn();
    }

    /** Nothing is read before all has been fed: it would be fed by another thread at the same time. */
    private void feedAndReadOn() throws Exception {
        if (feed()) {
            socket.resumeRead();
        }
    }

    /** @return whether all has been fed */
    private boolean feed() throws Exception {
        while (unread.available() > 0 && session.mayGoOn()) {
            if (answers.isFull() && hold()) {
                return false;
            }
            session.feed(new Piece(unread, Math.min(PIECE_BYTES, unread.available())));
        }
        return true;
    }

    /** @return false when enough answers have left in that moment, and this thread goes on */
    private boolean hold() {
        socket.suspendRead();
        heldSince = nanoTime.getAsLong();
        held.set(true);
        return !answers.isHalfEmpty() || !held.compareAndSet(true, false);
    }

    /** An answer has left. Any thread. */
    void onDrained() {
        if (held.get() && answers.isHalfEmpty() && held.compareAndSet(true, false)) {
            threads.execute(this::goOn);
        }
    }

    private void goOn() {
        try {
            feedAndReadOn();
        } catch (Exception fault) {
            session.failed(fault);
        }
    }

    /** For how long the client has left its answers where they are; empty when it has not. */
    OptionalLong heldNanos() {
        return held.get() ? OptionalLong.of(nanoTime.getAsLong() - heldSince) : OptionalLong.empty();
    }

    boolean isHeldFor(Duration timeout) {
        return heldNanos().orElse(0) > timeout.toNanos();
    }

    /** The beginning of what is left. */
    private static final class Piece implements Readable {
        private final Readable whole;
        private int left;

        Piece(Readable whole, int left) {
            this.whole = whole;
            this.left = left;
        }

        @Override
        public int available() {
            return left;
        }

        @Override
        public void getRawBytes(byte[] data, int offset, int length) {
            whole.getRawBytes(data, offset, length);
            left -= length;
        }
    }
}

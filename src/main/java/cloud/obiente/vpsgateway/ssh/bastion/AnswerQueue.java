package cloud.obiente.vpsgateway.ssh.bastion;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of what a client has asked for waits to be written to it: answers of every kind, not the data of channels, which
 * has bounds of its own ({@link ReceiveWindow}, {@link ClientBacklog}). Any thread.
 */
final class AnswerQueue {
    /** What a packet costs beside its bytes: a buffer, a future and its place in SSHD's queue. */
    private static final int PACKET_BYTES = 500;

    private final AtomicLong bytes = new AtomicLong();
    private final Limits limits;

    /**
     * When a client is waited for.
     *
     * @param maxBytes answers that may wait while more is read from it
     * @param timeout how long it may leave more than that
     */
    record Limits(int maxBytes, Duration timeout) {
        /** A thousand clients that do not read cost 16 MB together, with what the last slice that was read may ask for. */
        static final Limits DEFAULT = new Limits(8 << 10, Duration.ofSeconds(30));
    }

    AnswerQueue(Limits limits) {
        this.limits = limits;
    }

    /** @return what is to be given to {@link #remove} when the packet has left */
    int add(int packetBytes) {
        int cost = packetBytes + PACKET_BYTES;
        bytes.addAndGet(cost);
        return cost;
    }

    void remove(int cost) {
        bytes.addAndGet(-cost);
    }

    boolean isFull() {
        return bytes.get() > limits.maxBytes();
    }

    /** Half of them have left: there is something to be gained from reading on. */
    boolean isHalfEmpty() {
        return bytes.get() <= limits.maxBytes() / 2;
    }
}

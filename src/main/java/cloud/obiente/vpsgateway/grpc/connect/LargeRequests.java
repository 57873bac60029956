package cloud.obiente.vpsgateway.grpc.connect;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What large requests may cost all together: how much of them may have arrived without having been answered, and whose turn
 * it is to be read and worked on. A message of a few hundred KB can become objects of tens of MB, so that the largest come
 * one after the other. Small requests do not count.
 *
 * <p>Any thread; guarded by its own monitor. Who waits is told outside of it.
 */
final class LargeRequests {
    /** Up to here a message is not counted: what a thousand calls at once may have. */
    static final int SMALL_BYTES = 64 << 10;

    /** Of large messages, whole or in part. */
    static final int MAX_ARRIVED_BYTES = 12 << 20;

    /** A message of this size can have as many parts as any may have ({@link PartLimit}), two octets each. */
    private static final int FULL_TURN_BYTES = 2 * PartLimit.MAX_PARTS;

    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int arrived;
    private int inTurn;

    /** One message's share of what may be worked on at once. */
    static final class Turn {
        private final int bytes;
        private final Runnable granted;
        private boolean isGranted;

        /** @param granted called once, on any thread, unless the turn is given back before */
        Turn(int messageBytes, Runnable granted) {
            this.bytes = Math.min(messageBytes, FULL_TURN_BYTES);
            this.granted = granted;
        }
    }

    /** @return whether so much more may be held; then it is to be given back with {@link #left} */
    synchronized boolean arrive(int bytes) {
        if (arrived + bytes > MAX_ARRIVED_BYTES) {
            return false;
        }
        arrived += bytes;
        return true;
    }

    synchronized void left(int bytes) {
        arrived -= bytes;
    }

    /** Stands in line; the turn may be granted before this returns. */
    void await(Turn turn) {
        synchronized (this) {
            waiting.add(turn);
        }
        grant();
    }

    /** The message is done with, or nobody waits for it any more. */
    void giveBack(Turn turn) {
        synchronized (this) {
            if (turn.isGranted) {
                inTurn -= turn.bytes;
            } else {
                waiting.remove(turn);
            }
        }
        grant();
    }

    private void grant() {
        for (Turn next = next(); next != null; next = next()) {
            next.granted.run();
        }
    }

    private synchronized Turn next() {
        Turn next = waiting.peek();
        if (next == null || inTurn + next.bytes > FULL_TURN_BYTES) {
            return null;
        }
        waiting.remove();
        next.isGranted = true;
        inTurn += next.bytes;
        return next;
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What the client of one channel may send before its VPS has taken any of it (RFC 4254 section 5.2).
 *
 * <p>A window begins small and is refilled when half of it has been taken, to what the VPS would take within a second at its
 * present pace: so a copy has {@value #MAX_BYTES} bytes after three refills, and a window that is hardly used, or whose
 * VPS is slow, comes down to {@value #FIRST_BYTES} as its bytes are used up. {@link WindowBudget} may give less.
 *
 * <p>Owned by a {@link TunnelChannel}, and used on its event loop; but {@link #spend} where packets are decrypted.
 */
class ReceiveWindow {
    static final int FIRST_BYTES = 32 << 10;
    static final int MAX_BYTES = 160 << 10;

    /** Longer than to any client and back, and that long a window has to last if the client shall never wait. */
    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final WindowBudget budget;
    private final LongSupplier nanoTime;
    /** Granted to the client and not sent by it, as far as has been decrypted. */
    private final AtomicLong unspent = new AtomicLong();

    private boolean hasPlace;
    private int window;
    private int unsent;
    private int size = FIRST_BYTES;
    private int takenSinceRefill;
    private long refilled;

    ReceiveWindow(WindowBudget budget, LongSupplier nanoTime) {
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /** Takes a place in the budget, but nothing for the client yet; false when there is none. */
    boolean enter() {
        hasPlace = budget.enter();
        return hasPlace;
    }

    /** @return the first grant */
    int open() {
        return refill(FIRST_BYTES);
    }

    /** The client has sent bytes; false when it had not been granted them. */
    boolean spend(long bytes) {
        if (bytes > unspent.get()) {
            return false;
        }
        unspent.addAndGet(-bytes);
        return true;
    }

    /** Bytes that were spent are about to be handed to the VPS. */
    void arrived(int bytes) {
        if (hasPlace) {
            unsent -= bytes;
            budget.arrived(bytes);
        }
    }

    /**
     * The VPS has taken bytes.
     *
     * @return what the client is granted now; 0: nothing yet
     */
    int taken(int bytes) {
        if (!hasPlace) {
            return 0;
        }
        budget.shrink(window, bytes);
        window -= bytes;
        takenSinceRefill += bytes;
        return refill(wanted());
    }

    private int wanted() {
        double seconds = (double) Math.max(1, nanoTime.getAsLong() - refilled) / LASTING_NANOS;
        int most = Math.min(2 * size, MAX_BYTES);
        return (int) Math.max(FIRST_BYTES, Math.min(takenSinceRefill / seconds, most));
    }

    private int refill(int wanted) {
        int more = budget.refill(window, wanted);
        if (more > 0) {
            window += more;
            unsent += more;
            unspent.addAndGet(more);
            size = wanted;
            takenSinceRefill = 0;
            refilled = nanoTime.getAsLong();
        }
        return more;
    }

    /** Gives back all that it had; what the client still sends is nobody's. */
    void close() {
        if (hasPlace) {
            hasPlace = false;
            budget.leave(window, unsent);
            window = 0;
            unsent = 0;
        }
    }
}

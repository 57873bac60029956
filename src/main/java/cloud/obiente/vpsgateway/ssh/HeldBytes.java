package cloud.obiente.vpsgateway.ssh;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that all tunnels hold. Any thread. */
public final class HeldBytes {
    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong most = new AtomicLong();

    /** @param limit from which on each direction of a tunnel may hold one piece only, so that all of them go on */
    HeldBytes(long limit) {
        this.limit = limit;
    }

    /** @param bytes more than before, or, when negative, less */
    void add(long bytes) {
        long now = held.addAndGet(bytes);
        if (now > most.get()) {
            most.accumulateAndGet(now, Math::max);
        }
    }

    /** Whether each direction of a tunnel may hold one piece only. */
    public boolean isFull() {
        return held.get() >= limit;
    }

    /** Held now. */
    public long now() {
        return held.get();
    }

    /** The most that was ever held at once. */
    public long most() {
        return most.get();
    }
}

package cloud.obiente.vpsgateway.ssh;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that all tunnels hold, and those that callers may still send because they were told so. Any thread. */
public final class BufferedBytes {
    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong most = new AtomicLong();
    private final AtomicLong promised = new AtomicLong();

    /** @param limit from which on each direction of a tunnel may hold one piece only, so that all of them go on */
    public BufferedBytes(long limit) {
        this.limit = limit;
    }

    /** @param bytes more than before, or, when negative, less */
    public void add(long bytes) {
        long now = held.addAndGet(bytes);
        if (now > most.get()) {
            most.accumulateAndGet(now, Math::max);
        }
    }

    /**
     * Callers may send so many more, unasked; or, when negative, so many less, because they have sent them or never will.
     * Callers that are asked for each message are promised nothing.
     */
    public void promise(long bytes) {
        promised.addAndGet(bytes);
    }

    /** Whether each direction of a tunnel may hold one piece only. */
    public boolean isFull() {
        return committed() >= limit;
    }

    /** Held now, or to come whenever callers like. */
    public long committed() {
        return held.get() + promised.get();
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

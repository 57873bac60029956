package cloud.obiente.vpsgateway.app;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that nobody sets: it goes on evenly from its start, whatever becomes of the wall clock. For how long something
 * has lasted, not for when it was. Any thread.
 */
final class MonotonicClock extends Clock {
    private final Instant start;
    private final long startNanos = System.nanoTime();

    /** @param start any moment: only differences mean something */
    MonotonicClock(Instant start) {
        this.start = start;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("differences have no zone");
    }
}

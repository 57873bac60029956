package cloud.obiente.vpsgateway.ipam;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Keeps the store's events as long as they are wanted and no longer. Used on the writer thread, when nothing waits there. */
final class EventRetention {
    /** Between two removals while there is much to remove: commands that come meanwhile go first. */
    static final Duration BETWEEN_BATCHES = Duration.ofSeconds(1);

    static final Duration CHECK_INTERVAL = Duration.ofHours(1);

    private static final Logger LOG = Logger.getLogger(Ipam.class);

    private final AllocationStore store;
    private final Duration kept;
    private final Clock clock;
    private long dueNanos = System.nanoTime() + BETWEEN_BATCHES.toNanos();

    /** @param kept how long an event stays */
    EventRetention(AllocationStore store, Duration kept, Clock clock) {
        this.store = store;
        this.kept = kept;
        this.clock = clock;
    }

    /** How long it is until the next {@link #forget}; zero or negative when it is due. */
    Duration untilDue() {
        return Duration.ofNanos(dueNanos - System.nanoTime());
    }

    /** Removes some of what is too old. A failure harms nobody; it is tried again at the next check. */
    void forget() {
        Duration pause = CHECK_INTERVAL;
        try {
            Instant end = clock.instant().minus(kept);
            if (store.forgetEventsBefore(end)) {
                pause = BETWEEN_BATCHES;
            }
        } catch (StoreException fault) {
            LOG.warn("the history grows beyond its time", fault);
        }
        dueNanos = System.nanoTime() + pause.toNanos();
    }
}

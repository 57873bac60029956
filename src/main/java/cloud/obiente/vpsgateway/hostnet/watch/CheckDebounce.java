package cloud.obiente.vpsgateway.hostnet.watch;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Debounces checks: a check waits 5 ms after the change that made it due, so that one transaction is one check; twice as long
 * each time while changes keep coming, up to a second. A check that changes something itself is followed by one more, and two
 * programs that undo each other's rules cost one check a second. Not thread-safe.
 */
final class CheckDebounce {
    private static final Duration FIRST = Duration.ofMillis(5);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);
    private static final Duration QUIET = Duration.ofSeconds(2);

    private Duration next = FIRST;
    private OptionalLong lastNanos = OptionalLong.empty();

    /** @param nowNanos when the change was heard of, by a clock that never goes back */
    Duration after(long nowNanos) {
        boolean quiet = lastNanos.isEmpty() || nowNanos - lastNanos.getAsLong() >= QUIET.toNanos();
        lastNanos = OptionalLong.of(nowNanos);
        Duration wait = quiet ? FIRST : next;
        Duration doubled = wait.multipliedBy(2);
        next = doubled.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : doubled;
        return wait;
    }
}

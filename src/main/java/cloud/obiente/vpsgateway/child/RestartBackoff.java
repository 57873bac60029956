package cloud.obiente.vpsgateway.child;

import java.time.Duration;

/** How long to wait before the next start: 0.1 s, doubling to 30 s while the child keeps dying. Not thread-safe. */
public final class RestartBackoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX_DELAY = Duration.ofSeconds(30);
    /** A child that served this long was healthy: what ended it is news, not the same trouble again. */
    private static final Duration HEALTHY = Duration.ofSeconds(1);

    private Duration next = FIRST;

    /**
     * The wait after a run.
     *
     * @param served how long the child served before it died; zero when it never did
     */
    public Duration after(Duration served) {
        Duration wait = served.compareTo(HEALTHY) >= 0 ? FIRST : next;
        Duration doubled = wait.multipliedBy(2);
        next = doubled.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : doubled;
        return wait;
    }
}

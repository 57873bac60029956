package cloud.obiente.vpsgateway.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * For how long VPSs have been able to show themselves without interruption: DHCP was served, and the clock was not set. Time
 * that the gateway has not seen pass says nothing about anybody.
 *
 * <p>Owns that span. One thread beats; any thread reads.
 */
public final class WatchTime {
    /** A restart of dnsmasq is no interruption; nor is a busy moment of this process. */
    static final Duration MAX_GAP = Duration.ofMinutes(2);

    private final Clock clock;
    private final Duration maxGap;
    private volatile Watched watched;

    private record Watched(Instant since, Instant until) {
        boolean goesOnAt(Instant now, Duration maxGap) {
            return !now.isBefore(until) && !now.isAfter(until.plus(maxGap));
        }
    }

    /**
     * Begins now.
     *
     * @param clock that by which sightings and lists are dated
     */
    public WatchTime(Clock clock) {
        this(clock, MAX_GAP);
    }

    /** @param maxGap how long after a beat the next one must come */
    WatchTime(Clock clock, Duration maxGap) {
        this.clock = clock;
        this.maxGap = maxGap;
        Instant now = clock.instant();
        watched = new Watched(now, now);
    }

    /** To be called every few seconds while clients are served. */
    public void beat() {
        Instant now = clock.instant();
        watched = new Watched(watched.goesOnAt(now, maxGap) ? watched.since() : now, now);
    }

    /** Whether it has lasted that long. Any thread. */
    boolean hasLasted(Duration span) {
        Instant now = clock.instant();
        Watched last = watched;
        return last.goesOnAt(now, maxGap) && !now.isBefore(last.since().plus(span));
    }
}

package cloud.obiente.vpsgateway.dnsmasq;

import java.time.Duration;

/**
 * For how long dnsmasq has owed an answer. A gateway that was itself kept from running (a frozen VM, no processor to be had)
 * has asked nothing meanwhile, and must not take its own pause for dnsmasq's. Times are those of {@link System#nanoTime}.
 * Confined to the supervisor's thread.
 */
final class UnansweredTime {
    private final long checkInterval;
    private long since;
    private long lastCheck;

    /** @param checkInterval how often {@link #at} is called while nothing keeps us from it */
    UnansweredTime(Duration checkInterval, long now) {
        this.checkInterval = checkInterval.toNanos();
        this.since = now;
        this.lastCheck = now;
    }

    /** dnsmasq has answered, or there was nobody to ask. */
    void reset(long now) {
        since = now;
    }

    /** How long it has lasted. */
    Duration at(long now) {
        long late = now - lastCheck - checkInterval;
        lastCheck = now;
        if (late > checkInterval) {
            since = Math.min(now, since + late);
        }
        return Duration.ofNanos(now - since);
    }
}

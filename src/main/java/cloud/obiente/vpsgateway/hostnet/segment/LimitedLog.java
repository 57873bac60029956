package cloud.obiente.vpsgateway.hostnet.segment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/**
 * A log for what anybody can cause: so many lines a minute, then one that says how many were left out. Owned by one thread.
 */
final class LimitedLog {
    static final int LINES = 10;
    static final Duration PERIOD = Duration.ofMinutes(1);

    private final Logger log;
    private final Clock clock;
    private final String subject;
    private Instant periodEnd = Instant.MIN;
    private int left;
    private long leftOut;

    /** @param subject what the lines are about, for the line that stands in for many */
    LimitedLog(Logger log, Clock clock, String subject) {
        this.log = log;
        this.clock = clock;
        this.subject = subject;
    }

    void warn(String line) {
        say(Logger.Level.WARN, line);
    }

    void info(String line) {
        say(Logger.Level.INFO, line);
    }

    /** To be called now and then: says what was left out once its minute is over. */
    void tick() {
        if (clock.instant().isBefore(periodEnd)) {
            return;
        }
        if (leftOut > 0) {
            log.warnf("%d more lines about %s were left out within a minute", leftOut, subject);
            leftOut = 0;
        }
        left = LINES;
    }

    private void say(Logger.Level level, String line) {
        Instant now = clock.instant();
        if (!now.isBefore(periodEnd)) {
            tick();
            periodEnd = now.plus(PERIOD);
        }
        if (left > 0) {
            left--;
            log.log(level, line);
        } else {
            leftOut++;
        }
    }
}

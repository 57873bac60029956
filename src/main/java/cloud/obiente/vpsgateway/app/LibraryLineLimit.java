package cloud.obiente.vpsgateway.app;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logging.Logger;

/**
 * Keeps libraries from filling the log with what peers make them say: so many warnings and errors a minute of one category,
 * and how many more there were. Lines of ours have limits of their own, where others can cause them.
 *
 * <p>Any thread; guarded by its own monitor. Bounded by the number of categories.
 */
final class LibraryLineLimit implements Filter {
    static final int MAX_LINES_A_MINUTE = 20;

    private static final Logger LOG = Logger.getLogger(LibraryLineLimit.class);
    private static final String OURS = "cloud.obiente.vpsgateway";
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final LongSupplier nanoTime;
    private final Map<String, Minute> minutes = new HashMap<>();

    private static final class Minute {
        private long since;
        private int lines;
        private long leftOut;

        private Minute(long since) {
            this.since = since;
        }
    }

    /** @param nanoTime for durations */
    LibraryLineLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean isLoggable(LogRecord line) {
        String category = line.getLoggerName();
        if (line.getLevel().intValue() < Level.WARNING.intValue() || category == null || isOurs(category)) {
            return true;
        }
        long untold;
        boolean isWithin;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            Minute minute = minutes.computeIfAbsent(category, first -> new Minute(now));
            untold = 0;
            if (now - minute.since >= MINUTE_NANOS) {
                untold = minute.leftOut;
                minute.since = now;
                minute.lines = 0;
                minute.leftOut = 0;
            }
            isWithin = minute.lines < MAX_LINES_A_MINUTE;
            if (isWithin) {
                minute.lines++;
            } else {
                minute.leftOut++;
            }
        }
        if (untold > 0) {
            LOG.warnf(
                    "%d more lines of %s were left out since it wrote %d of them within a minute",
                    untold, category, MAX_LINES_A_MINUTE);
        }
        return isWithin;
    }

    /** Categories of ours that are not classes have no package. */
    private static boolean isOurs(String category) {
        return category.startsWith(OURS) || category.indexOf('.') < 0;
    }
}

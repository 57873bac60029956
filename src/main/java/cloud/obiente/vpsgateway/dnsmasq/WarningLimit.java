package cloud.obiente.vpsgateway.dnsmasq;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Keeps VPSs from writing the log: one line a minute for what is of one kind and from one of them, and 20 in all. What is
 * left out is counted, and told with the next line of its kind. Times are those of {@link System#nanoTime}. Not thread-safe.
 */
final class WarningLimit {
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final int MAX_LINES_AN_INTERVAL = 20;
    private static final int MAX_KEYS = 1_000;

    private static final class Entry {
        private long loggedNanos;
        private long suppressed;
        private boolean logged;
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
            return size() > MAX_KEYS;
        }
    };

    private long intervalBegan;
    private int lines;

    WarningLimit(long now) {
        this.intervalBegan = now;
    }

    /**
     * Whether to log now.
     *
     * @param key the kind, and from whom
     * @return how many of that key were left out since the last line; empty: leave this one out, too
     */
    OptionalLong admit(String key, long now) {
        if (now - intervalBegan >= INTERVAL.toNanos()) {
            intervalBegan = now;
            lines = 0;
        }
        Entry entry = entries.computeIfAbsent(key, unknown -> new Entry());
        boolean tooSoon = entry.logged && now - entry.loggedNanos < INTERVAL.toNanos();
        if (tooSoon || lines >= MAX_LINES_AN_INTERVAL) {
            entry.suppressed++;
            return OptionalLong.empty();
        }
        lines++;
        long leftOut = entry.suppressed;
        entry.suppressed = 0;
        entry.logged = true;
        entry.loggedNanos = now;
        return OptionalLong.of(leftOut);
    }
}

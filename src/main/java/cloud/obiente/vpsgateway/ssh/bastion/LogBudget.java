package cloud.obiente.vpsgateway.ssh.bastion;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many lines of a kind one address may cause, and all addresses together: what goes beyond is counted, and told once a
 * minute. Bounded, whoever calls. Any thread; guarded by its own monitor.
 *
 * @param <K> what kinds there are
 */
final class LogBudget<K> {
    static final Duration WINDOW = Duration.ofMinutes(1);
    /** Of one kind within a window. */
    static final int MAX_OF_SOURCE = 20;
    /** Of one kind within a window, whoever causes them. */
    static final int MAX_OF_KIND = 200;

    private static final int MAX_TRACKED = 10_000;
    /** Stands for all addresses together, and is none. */
    private static final ClientSource EVERYBODY = new ClientSource("all addresses");

    private final LongSupplier nanoTime;
    private final Map<Key<K>, Window> windows = new LinkedHashMap<>();

    /** @param nanoTime {@link System#nanoTime} */
    LogBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * What was left out.
     *
     * @param from whose lines
     * @param lines how many
     */
    record Omission<K>(K kind, ClientSource from, long lines) {}

    private record Key<K>(K kind, ClientSource source) {}

    private static final class Window {
        private final long begun;
        private int lines;
        private long omitted;

        Window(long begun) {
            this.begun = begun;
        }

        boolean take(int most) {
            if (lines < most) {
                lines++;
                return true;
            }
            omitted++;
            return false;
        }
    }

    /** Whether a line may be written; where not, it counts among those that were left out. */
    synchronized boolean take(K kind, ClientSource source) {
        // An address's own surplus is its own, so that one that floods does not use up everybody's share.
        return window(kind, source).take(MAX_OF_SOURCE)
                && window(kind, EVERYBODY).take(MAX_OF_KIND);
    }

    private Window window(K kind, ClientSource source) {
        Key<K> key = new Key<>(kind, source);
        Window known = windows.get(key);
        if (known != null) {
            return known;
        }
        if (windows.size() >= MAX_TRACKED && !source.equals(EVERYBODY)) {
            return window(kind, EVERYBODY);
        }
        Window fresh = new Window(nanoTime.getAsLong());
        windows.put(key, fresh);
        return fresh;
    }

    /** What was left out in windows that are over; told once. To be asked every few seconds. */
    synchronized List<Omission<K>> omissions() {
        long now = nanoTime.getAsLong();
        List<Omission<K>> told = new ArrayList<>();
        Iterator<Map.Entry<Key<K>, Window>> oldest = windows.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Key<K>, Window> next = oldest.next();
            if (now - next.getValue().begun < WINDOW.toNanos()) {
                break;
            }
            if (next.getValue().omitted > 0) {
                told.add(new Omission<>(next.getKey().kind(), next.getKey().source(), next.getValue().omitted));
            }
            oldest.remove();
        }
        return told;
    }
}

package cloud.obiente.vpsgateway.ssh;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The streams that are stalled, because a VPS does not read. What their callers still send waits in the server in front of
 * them, up to a window for each. One may wait for ever; but when their windows together could be more
 * than GATEWAY_SSH_MAX_BUFFER, those that have waited longest are given up, so that VPSs which do not read cannot fill the
 * memory, however many they are. Any thread, under its monitor.
 */
final class StalledStreams {
    /** Streams stalled for less are kept: a VPS that reads is quicker, even where all streams are busy. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final long limit;
    /** Since when, in nanoseconds; the longest stalled come first. */
    private final Map<StreamStall, Long> since = new LinkedHashMap<>();

    private long windows;

    /** @param limit for all windows together, in bytes */
    StalledStreams(long limit) {
        this.limit = limit;
    }

    /**
     * A stream begins to wait.
     *
     * @return whether there are too many now, so that {@link #giveUpTooMany} should be called when TIMEOUT is over
     */
    synchronized boolean enter(StreamStall stream, long now) {
        if (since.put(stream, now) == null) {
            windows += stream.windowBytes();
        }
        return windows > limit;
    }

    /** It waits no longer; no effect when it has been given up. */
    synchronized void leave(StreamStall stream) {
        if (since.remove(stream) != null) {
            windows -= stream.windowBytes();
        }
    }

    synchronized void giveUpTooMany(long now) {
        Iterator<Map.Entry<StreamStall, Long>> longest = since.entrySet().iterator();
        while (windows > limit && longest.hasNext()) {
            Map.Entry<StreamStall, Long> stream = longest.next();
            if (now - stream.getValue() < TIMEOUT.toNanos()) {
                return;
            }
            longest.remove();
            windows -= stream.getKey().windowBytes();
            stream.getKey().giveUp(stream.getValue());
        }
    }
}

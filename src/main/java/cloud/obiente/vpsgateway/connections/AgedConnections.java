package cloud.obiente.vpsgateway.connections;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Connections of one kind, the eldest first, and since when they are of it. Guarded by its owner's monitor. */
final class AgedConnections {
    private final Map<OpenConnection, Long> since = new LinkedHashMap<>();

    /** @param now nanoseconds of a clock that nobody sets */
    void add(OpenConnection connection, long now) {
        since.put(connection, now);
    }

    /** @return whether it was one of them */
    boolean remove(OpenConnection connection) {
        return since.remove(connection) != null;
    }

    int size() {
        return since.size();
    }

    Optional<OpenConnection> eldest() {
        return since.keySet().stream().findFirst();
    }

    /** Removes those that have been of the kind for their timeout. */
    List<OpenConnection> removeThoseOver(long now, Function<OpenConnection, Duration> timeout) {
        List<OpenConnection> over = new ArrayList<>();
        Iterator<Map.Entry<OpenConnection, Long>> all = since.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<OpenConnection, Long> next = all.next();
            if (now - next.getValue() >= timeout.apply(next.getKey()).toNanos()) {
                over.add(next.getKey());
                all.remove();
            }
        }
        return over;
    }
}

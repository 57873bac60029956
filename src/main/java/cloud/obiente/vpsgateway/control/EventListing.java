package cloud.obiente.vpsgateway.control;

import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteHistory;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteHistory.Event;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who did what, as trees. Reads the history for each question. */
public final class EventListing implements ControlHandler {
    /** As many as an answer may have rows. */
    public static final int MAX_ROWS = 10_000;

    private final SqliteHistory history;

    public EventListing(SqliteHistory history) {
        this.history = history;
    }

    @Override
    public Object answer(ControlRequest request, String operator) throws RefusedException {
        try {
            return of(request);
        } catch (StoreException unreadable) {
            throw new RefusedException(RefusedException.Kind.UNAVAILABLE, unreadable.getMessage());
        }
    }

    private Map<String, Object> of(ControlRequest request) throws RefusedException {
        SqliteHistory.Filter filter = new SqliteHistory.Filter(
                request.argument("vps"),
                request.argument("about"),
                request.argument("since").isPresent()
                        ? java.util.Optional.of(instant(request.required("since")))
                        : java.util.Optional.empty(),
                limit(request));
        return Map.of(
                "events", history.read(filter).stream().map(EventListing::row).toList());
    }

    private static Instant instant(String text) throws RefusedException {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException noTime) {
            throw new RefusedException(
                    RefusedException.Kind.INVALID, "since is no time such as 2026-01-31T12:00:00Z: " + text);
        }
    }

    /** How many rows are wanted. */
    static int limit(ControlRequest request) throws RefusedException {
        String text = request.argument("limit").orElse("50");
        if (text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= MAX_ROWS) {
            return Integer.parseInt(text);
        }
        throw new RefusedException(
                RefusedException.Kind.INVALID, "the number of rows is from 1 to " + MAX_ROWS + ", not " + text);
    }

    private static Map<String, Object> row(Event event) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", event.id());
        row.put("at", event.at());
        row.put("caller", event.caller());
        row.put("action", event.action());
        row.put("vps", event.vps());
        row.put("organization", event.organization());
        row.put("address", event.address());
        row.put("mac", event.mac());
        row.put("detail", event.detail());
        return row;
    }
}

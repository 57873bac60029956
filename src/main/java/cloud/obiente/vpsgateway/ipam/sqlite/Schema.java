package cloud.obiente.vpsgateway.ipam.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, and the way to them from every older version. {@code PRAGMA user_version} is the number of steps taken.
 *
 * <p>All values are text that a person can read: dotted addresses, MACs with colons, times in ISO 8601 UTC.
 */
final class Schema {
    private static final List<List<String>> STEPS = List.of(
            List.of(
                    """
            CREATE TABLE allocations (
              address TEXT NOT NULL PRIMARY KEY,
              vps TEXT NOT NULL,
              organization TEXT NOT NULL,
              mac TEXT,
              allocated_at TEXT NOT NULL,
              kind TEXT NOT NULL CHECK (kind IN ('PRIVATE', 'PUBLIC'))
            ) STRICT""",
                    "CREATE UNIQUE INDEX one_private_address_per_vps ON allocations (vps) WHERE kind = 'PRIVATE'",
                    "CREATE UNIQUE INDEX one_private_address_per_mac ON allocations (mac) WHERE kind = 'PRIVATE'",
                    """
            CREATE TABLE released (
              turn INTEGER PRIMARY KEY,
              address TEXT NOT NULL UNIQUE,
              released_at TEXT NOT NULL
            ) STRICT""",
                    """
            CREATE TABLE events (
              id INTEGER PRIMARY KEY AUTOINCREMENT,
              at TEXT NOT NULL,
              caller TEXT NOT NULL,
              action TEXT NOT NULL,
              vps TEXT NOT NULL,
              organization TEXT NOT NULL,
              address TEXT NOT NULL,
              mac TEXT,
              detail TEXT NOT NULL
            ) STRICT""",
                    """
            CREATE TRIGGER events_are_not_rewritten BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events is append-only'); END""",
                    """
            CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events is append-only'); END"""),
            List.of(
                    "DROP TRIGGER events_are_not_removed",
                    // Old ones are, at the end of GATEWAY_EVENT_DAYS, which is thirty at least.
                    """
            CREATE TRIGGER young_events_are_not_removed BEFORE DELETE ON events
            WHEN old.at > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days')
            BEGIN SELECT RAISE(ABORT, 'events is append-only for 30 days'); END"""));

    /** The version that this program writes. */
    static final int VERSION = STEPS.size();

    private Schema() {}

    /** Takes the steps that are missing, all or none. */
    static void migrate(Connection connection, int from) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (List<String> step : STEPS.subList(from, VERSION)) {
                for (String sql : step) {
                    statement.execute(sql);
                }
            }
            statement.execute("PRAGMA user_version = " + VERSION);
            statement.execute("COMMIT");
        }
    }
}

package cloud.obiente.vpsgateway.ipam.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tables, and the way to them from every older version. {@code PRAGMA user_version} is the number of steps taken.
 *
 * <p>All values are text that a person can read: dotted addresses, MACs with colons, times in ISO 8601 UTC.
 */
final class DatabaseSchema {
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
            BEGIN SELECT RAISE(ABORT, 'events is append-only for 30 days'); END"""),
            List.of(
                    "ALTER TABLE allocations ADD COLUMN origin TEXT NOT NULL DEFAULT 'API'"
                            + " CHECK (origin IN ('API', 'LISTED', 'ADOPTED', 'IMPORTED'))",
                    "ALTER TABLE allocations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
                    "ALTER TABLE allocations ADD COLUMN touched_at TEXT",
                    "ALTER TABLE allocations ADD COLUMN vouched_at TEXT",
                    "ALTER TABLE allocations ADD COLUMN denied_since TEXT",
                    "ALTER TABLE allocations ADD COLUMN seen_at TEXT",
                    // What an earlier run adopted by itself is remembered as such, as far as its history tells.
                    """
            UPDATE allocations SET origin = 'ADOPTED' WHERE (address, vps, allocated_at) IN (
              SELECT address, vps, at FROM events WHERE caller = 'self-healing' AND action = 'ALLOCATE')""",
                    "ALTER TABLE released ADD COLUMN vps TEXT",
                    "ALTER TABLE released ADD COLUMN mac TEXT",
                    "ALTER TABLE released ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
                    """
            CREATE TABLE superseded_macs (
              mac TEXT NOT NULL PRIMARY KEY,
              vps TEXT NOT NULL,
              at TEXT NOT NULL
            ) STRICT""",
                    """
            CREATE TABLE unclaimed_leases (
              address TEXT NOT NULL PRIMARY KEY,
              mac TEXT NOT NULL UNIQUE,
              since TEXT NOT NULL,
              denied_since TEXT
            ) STRICT""",
                    """
            CREATE TABLE list_sources (
              instance TEXT NOT NULL,
              node TEXT NOT NULL,
              first_list_at TEXT NOT NULL,
              last_list_at TEXT NOT NULL,
              implausible_since TEXT,
              accepted_at TEXT,
              PRIMARY KEY (instance, node)
            ) STRICT""",
                    """
            CREATE TABLE listings (
              address TEXT NOT NULL,
              instance TEXT NOT NULL,
              node TEXT NOT NULL,
              word TEXT NOT NULL CHECK (word IN ('NAMED', 'VPS_NAMED', 'OMITTED')),
              since TEXT NOT NULL,
              lists INTEGER NOT NULL,
              ever_named INTEGER NOT NULL,
              PRIMARY KEY (address, instance, node)
            ) STRICT"""));

    /** The version that this program writes. */
    static final int VERSION = STEPS.size();

    private DatabaseSchema() {}

    /** The tables that a start relies on, of a file of that version; the others hold history. */
    static List<String> believedTables(int version) {
        List<String> first = List.of("allocations", "released");
        return version < 3
                ? first
                : Stream.concat(
                                first.stream(),
                                Stream.of("superseded_macs", "unclaimed_leases", "list_sources", "listings"))
                        .toList();
    }

    /**
     * Takes the steps from one version to another, all or none.
     *
     * @param from 0 for an empty file
     */
    static void migrate(Connection connection, int from, int to) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (List<String> step : STEPS.subList(from, to)) {
                for (String sql : step) {
                    statement.execute(sql);
                }
            }
            statement.execute("PRAGMA user_version = " + to);
            statement.execute("COMMIT");
        }
    }
}

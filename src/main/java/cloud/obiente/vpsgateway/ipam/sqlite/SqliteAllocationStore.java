package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationStore;
import cloud.obiente.vpsgateway.ipam.AuditEvent;
import cloud.obiente.vpsgateway.ipam.Batch;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Origin;
import cloud.obiente.vpsgateway.ipam.ReleasedAddress;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Allocations in an SQLite file: write-ahead log, synchronous=FULL, so that a commit is on the disk when it returns.
 * Owns the one connection; used by one thread at a time.
 *
 * <p>Operators may read the file while the gateway runs, for instance the table {@code events}; nobody else may write.
 */
public final class SqliteAllocationStore implements AllocationStore {
    /** A commit that takes a few milliseconds, for which the next command may have to wait. */
    static final int MOST_FORGOTTEN_AT_ONCE = 500;

    static final int EVENTS_WITH_ORIGINS = 10_000;
    private static final Logger LOG = System.getLogger(SqliteAllocationStore.class.getName());

    private final Path file;
    private final Connection connection;

    private SqliteAllocationStore(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * Opens the file, which is made when there is none; its directory exists.
     *
     * @throws StoreException when the file is damaged, of a newer version, or cannot be written; it is left as it is then
     */
    public static SqliteAllocationStore open(Path file) {
        return new SqliteAllocationStore(file, new DatabaseFile(file).open());
    }

    @Override
    public StoredState load() {
        try {
            return new StoredState(
                    rows(
                            "SELECT vps, organization, address, mac, allocated_at, kind FROM allocations",
                            SqliteAllocationStore::allocation),
                    rows(
                            "SELECT address, released_at, turn FROM released",
                            row -> new ReleasedAddress(
                                    Ipv4Address.parse(row.getString(1)),
                                    Instant.parse(row.getString(2)),
                                    row.getLong(3))),
                    origins());
        } catch (SQLException | IllegalArgumentException | DateTimeException fault) {
            throw new StoreException(
                    file + " cannot be read (" + fault.getMessage() + "): correct the row, or restore a backup", fault);
        }
    }

    private static Allocation allocation(ResultSet row) throws SQLException {
        return new Allocation(
                VpsId.parse(row.getString(1)),
                OrganizationId.parse(row.getString(2)),
                Ipv4Address.parse(row.getString(3)),
                Optional.ofNullable(row.getString(4)).map(MacAddress::parse),
                Instant.parse(row.getString(5)),
                Allocation.Kind.valueOf(row.getString(6)));
    }

    /** The latest events only, so that the start does not take longer from year to year. */
    private List<Origin> origins() {
        try {
            return rows(
                    "SELECT a.vps, a.organization, a.address, a.mac, a.allocated_at, a.kind, e.caller"
                            + " FROM events e CROSS JOIN allocations a"
                            + " ON a.address = e.address AND a.vps = e.vps AND a.allocated_at = e.at"
                            + " WHERE e.id > (SELECT ifnull(max(id), 0) FROM events) - " + EVENTS_WITH_ORIGINS
                            + " AND e.action = 'ALLOCATE' AND a.kind = 'PRIVATE'",
                    row -> new Origin(Caller.of(row.getString(7)), allocation(row)));
        } catch (SQLException damagedHistory) {
            LOG.log(Level.WARNING, "the latest events in " + file + " cannot be read", damagedHistory);
            return List.of();
        }
    }

    @Override
    public void commit(Batch batch) {
        try {
            execute("BEGIN IMMEDIATE");
            try {
                write(batch);
                execute("COMMIT");
            } catch (SQLException | RuntimeException fault) {
                rollBack(fault);
                throw fault;
            }
        } catch (SQLException fault) {
            throw new StoreException(
                    file + " could not be written (" + fault.getMessage() + "): check the disk's space and health",
                    fault);
        }
    }

    /** The oldest come first by their numbers, so this looks at no more rows than it may remove. */
    @Override
    public boolean forgetEventsBefore(Instant end) {
        String sql = "DELETE FROM events WHERE id IN (SELECT id FROM" + " (SELECT id, at FROM events ORDER BY id LIMIT "
                + MOST_FORGOTTEN_AT_ONCE + ") WHERE at < ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, end.toString());
            return statement.executeUpdate() == MOST_FORGOTTEN_AT_ONCE;
        } catch (SQLException fault) {
            throw new StoreException(file + ": old events could not be removed (" + fault.getMessage() + ")", fault);
        }
    }

    /** All that goes, goes first: then the unique indexes allow two VPSs to swap. */
    private void write(Batch batch) throws SQLException {
        each("DELETE FROM allocations WHERE address = ?", batch.touched(), address -> List.of(text(address)));
        each("DELETE FROM released WHERE address = ?", batch.touched(), address -> List.of(text(address)));
        each(
                "INSERT INTO allocations (address, vps, organization, mac, allocated_at, kind) VALUES (?, ?, ?, ?, ?, ?)",
                batch.held(),
                SqliteAllocationStore::columns);
        each(
                "INSERT INTO released (turn, address, released_at) VALUES (?, ?, ?)",
                batch.released(),
                released -> List.of(
                        Optional.of(Long.toString(released.turn())),
                        text(released.address()),
                        text(released.releasedAt())));
        each(
                "INSERT INTO events (at, caller, action, vps, organization, address, mac, detail)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                batch.events(),
                SqliteAllocationStore::columns);
    }

    private static List<Optional<String>> columns(Allocation allocation) {
        return List.of(
                text(allocation.address()),
                text(allocation.vps()),
                text(allocation.organization()),
                allocation.mac().map(MacAddress::toString),
                text(allocation.allocatedAt()),
                text(allocation.kind()));
    }

    private static List<Optional<String>> columns(AuditEvent event) {
        Allocation subject = event.change().subject();
        return List.of(
                text(event.at()),
                text(event.caller()),
                text(event.action()),
                text(subject.vps()),
                text(subject.organization()),
                text(subject.address()),
                subject.mac().map(MacAddress::toString),
                text(event.detail()));
    }

    private static Optional<String> text(Object value) {
        return Optional.of(value.toString());
    }

    private <T> void each(String sql, Collection<T> items, Columns<T> columns) throws SQLException {
        if (items.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T item : items) {
                List<Optional<String>> values = columns.of(item);
                for (int i = 0; i < values.size(); i++) {
                    statement.setString(i + 1, values.get(i).orElse(null));
                }
                statement.executeUpdate();
            }
        }
    }

    private <T> List<T> rows(String sql, Row<T> row) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(row.read(rows));
            }
            return read;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** After a full disk or an I/O error SQLite has rolled back by itself, and says so here. */
    private void rollBack(Exception cause) {
        try {
            execute("ROLLBACK");
        } catch (SQLException nothingLeftToRollBack) {
            cause.addSuppressed(nothingLeftToRollBack);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException fault) {
            throw new StoreException(file + " could not be closed (" + fault.getMessage() + ")", fault);
        }
    }

    @FunctionalInterface
    private interface Columns<T> {
        List<Optional<String>> of(T item);
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}

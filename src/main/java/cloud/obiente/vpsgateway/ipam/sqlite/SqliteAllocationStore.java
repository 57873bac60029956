package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.AllocationStore;
import cloud.obiente.vpsgateway.ipam.StoreBatch;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.StoredState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Allocations in an SQLite file: write-ahead log, synchronous=FULL, so that a commit is on the disk when it returns.
 * Owns the one connection; used by one thread at a time.
 *
 * <p>Operators may read the file while the gateway runs, for instance the table {@code events}; nobody else may write.
 */
public final class SqliteAllocationStore implements AllocationStore {
    /** A commit that takes a few milliseconds, for which the next command may have to wait. */
    static final int MAX_FORGOTTEN = 500;

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
            return new StoredRows(connection).read();
        } catch (SQLException | IllegalArgumentException | DateTimeException fault) {
            throw new StoreException(
                    file + " cannot be read (" + fault.getMessage() + "): correct the row, or restore a backup", fault);
        }
    }

    @Override
    public void commit(StoreBatch batch) {
        try {
            execute("BEGIN IMMEDIATE");
            try {
                new BatchWriter(connection).write(batch);
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

    /** The oldest come first by their numbers, so this reads no more rows than it may remove. */
    @Override
    public boolean forgetEventsBefore(Instant end) {
        String sql = "DELETE FROM events WHERE id IN (SELECT id FROM" + " (SELECT id, at FROM events ORDER BY id LIMIT "
                + MAX_FORGOTTEN + ") WHERE at < ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, end.toString());
            return statement.executeUpdate() == MAX_FORGOTTEN;
        } catch (SQLException fault) {
            throw new StoreException(file + ": old events could not be removed (" + fault.getMessage() + ")", fault);
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
}

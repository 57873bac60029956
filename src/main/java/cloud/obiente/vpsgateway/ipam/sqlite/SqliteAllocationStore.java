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
import org.jboss.logging.Logger;

/**
 * Allocations in an SQLite file: write-ahead log, synchronous=FULL, so that a commit is on the disk when it returns.
 * Owns the one connection; used by one thread at a time.
 *
 * <p>Operators may read the file while the gateway runs, for instance the table {@code events}; nobody else may write.
 */
public final class SqliteAllocationStore implements AllocationStore {
    /** A commit that takes a few milliseconds, for which the next command may have to wait. */
    static final int MAX_FORGOTTEN = 500;

    private static final Logger LOG = Logger.getLogger(SqliteAllocationStore.class);

    private final Path file;
    private Connection connection;
    /** False from a start on a full disk until a commit has succeeded: others are kept out so long. */
    private boolean isShared;

    private SqliteAllocationStore(Path file, DatabaseFile.Opened opened) {
        this.file = file;
        this.connection = opened.connection();
        this.isShared = opened.hasRoom();
    }

    /**
     * Opens the file, which is made when there is none; its directory exists. On a full disk it can be read, and commits fail
     * until there is room. A damaged history is set aside.
     *
     * @throws StoreException when what a start relies on is damaged, of a newer version, or cannot be read; it is left as it is
     *     then
     */
    public static SqliteAllocationStore open(Path file) {
        DatabaseFile.Opened opened = new DatabaseFile(file).open();
        if (!opened.hasRoom()) {
            LOG.error("the disk of " + file
                    + " is full: what is known is served, and changes are refused until there is" + " room");
        }
        return new SqliteAllocationStore(file, opened);
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
            throw new StoreException(file + " could not be written " + SqliteFault.explain(fault), fault);
        }
        if (!isShared) {
            share();
        }
    }

    /** The batch is durable whatever becomes of this; the next commit tries again. */
    private void share() {
        DatabaseFile database = new DatabaseFile(file);
        try {
            connection.close();
            connection = database.connectAgain();
            isShared = true;
        } catch (SQLException noRoomYet) {
            LOG.debug("others are still kept out of " + file, noRoomYet);
            keepAlone(database);
        }
    }

    private void keepAlone(DatabaseFile database) {
        try {
            connection = database.connectAlone();
        } catch (SQLException fault) {
            // Commits fail on the closed connection, and say why.
            LOG.error(file + " cannot be opened again " + SqliteFault.explain(fault), fault);
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

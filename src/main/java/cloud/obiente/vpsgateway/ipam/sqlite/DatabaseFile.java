package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/**
 * The database file: made once, inspected at every start before anything may write to it, then connected.
 *
 * @param path the main file; SQLite keeps {@code -wal} and {@code -shm} files beside it
 */
record DatabaseFile(Path path) {
    static final int PAGE_BYTES = 4096;

    /**
     * How long a commit waits for an operator who writes to the file with a tool of their own. The property is for tests,
     * which hold the file for as long as they need.
     */
    private static final int BUSY_TIMEOUT_MILLIS = Integer.getInteger("vps-gateway.busy-timeout-millis", 2000);

    /**
     * Makes the file if there is none, inspects it if there is one, and connects to it.
     *
     * @throws StoreException when the file cannot be made, trusted or written; then it is as it was
     */
    Connection open() {
        int version = DatabaseSchema.VERSION;
        if (Files.exists(path)) {
            version = new DatabaseInspection(path).version();
        } else {
            requireNoOrphanedLog();
            create();
        }
        return connectAndMigrate(version);
    }

    /** A log without its database would be replayed into the new one. */
    private void requireNoOrphanedLog() {
        Path log = log(path);
        if (Files.exists(log)) {
            throw new StoreException(path + " is missing, but its log " + log
                    + " is there: put the database back, or move the log away too (the API will sync again)");
        }
    }

    static Path log(Path database) {
        return database.resolveSibling(database.getFileName() + "-wal");
    }

    /** Under another name first: the right name means a whole database, so an empty file is always damage. */
    private void create() {
        Path draft = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(draft);
            Files.deleteIfExists(log(draft));
            try (Connection connection = connect(draft, SQLiteOpenMode.CREATE)) {
                DatabaseSchema.migrate(connection, 0);
            }
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException | SQLException fault) {
            throw new StoreException(
                    path + " cannot be created (" + fault.getMessage() + "): make its directory writable", fault);
        }
    }

    private Connection connectAndMigrate(int version) {
        try {
            Connection connection = connect(path);
            try {
                requireWritable(connection);
                if (version < DatabaseSchema.VERSION) {
                    DatabaseSchema.migrate(connection, version);
                }
                return connection;
            } catch (SQLException fault) {
                connection.close();
                throw fault;
            }
        } catch (SQLException fault) {
            throw new StoreException(
                    path + " cannot be opened for writing (" + fault.getMessage()
                            + "): check that the file and its directory are writable, that the disk is not full and"
                            + " that no other program holds the file",
                    fault);
        }
    }

    /** SQLite opens a file that it may not write without a word, and would fail at the first allocation only. */
    private static void requireWritable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("ROLLBACK");
        }
    }

    private static Connection connect(Path database, SQLiteOpenMode... more) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        for (SQLiteOpenMode mode : more) {
            config.setOpenMode(mode);
        }
        config.setPageSize(PAGE_BYTES);
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return connect(config, database, "");
    }

    /** By URI, so that no character of a path has a meaning. */
    static Connection connect(SQLiteConfig config, Path database, String query) throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + database.toUri() + query);
        return source.getConnection();
    }
}

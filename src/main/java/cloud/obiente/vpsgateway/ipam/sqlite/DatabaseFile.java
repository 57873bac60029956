package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
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
    /** What SQLite's -shm file has at least. */
    private static final long SHARED_MEMORY_BYTES = 32 << 10;

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /**
     * How long a commit waits for an operator who writes to the file with a tool of their own. The property is for tests,
     * which hold the file for as long as they need.
     */
    private static final int BUSY_TIMEOUT_MILLIS = Integer.getInteger("vps-gateway.busy-timeout-millis", 2000);

    /**
     * A connection to the file.
     *
     * @param hasRoom false when the disk is too full for SQLite to share the file with others: then it can be read by this
     *     connection alone, and be written as soon as there is room
     */
    record Opened(Connection connection, boolean hasRoom) {}

    /**
     * Makes the file if there is none, inspects it if there is one, and connects to it.
     *
     * @throws StoreException when the file cannot be made, trusted or read; then it is as it was
     */
    Opened open() {
        if (!Files.exists(path)) {
            requireNoOrphanedLog();
            create();
            return connectAndMigrate(DatabaseSchema.VERSION);
        }
        DatabaseInspection.Verdict verdict = new DatabaseInspection(path).verdict();
        verdict.damagedHistory().ifPresent(what -> setHistoryAside(verdict.version(), what));
        return connectAndMigrate(verdict.version());
    }

    private void setHistoryAside(int version, String what) {
        try {
            new HistoryRebuild(this, version).run(what);
        } catch (SQLException fault) {
            throw new StoreException(
                    path + ": its history is damaged (" + what + ") and cannot be set aside "
                            + SqliteFault.explain(fault),
                    fault);
        } catch (IOException fault) {
            throw new StoreException(
                    path + ": its history is damaged (" + what + ") and cannot be set aside (" + fault
                            + "): free as much space on the disk as the file has, and make its directory writable",
                    fault);
        }
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
        try {
            putInPlace(createDraft(DatabaseSchema.VERSION));
        } catch (SQLException fault) {
            throw new StoreException(path + " cannot be created " + SqliteFault.explain(fault), fault);
        } catch (IOException fault) {
            throw new StoreException(
                    path + " cannot be created (" + fault + "): make its directory writable, with room on its disk",
                    fault);
        }
    }

    /** An empty database beside the file, for its owner alone whatever the umask; SQLite gives its other files the same mode. */
    Path createDraft(int version) throws IOException, SQLException {
        Path draft = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(draft);
        Files.deleteIfExists(log(draft));
        Files.createFile(draft, OWNER_ONLY);
        try (Connection connection = connect(draft)) {
            DatabaseSchema.migrate(connection, 0, version);
        }
        return draft;
    }

    /** Durably: whoever is answered from now on is answered from this file, whatever happens to the host. */
    void putInPlace(Path draft) throws IOException {
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private Opened connectAndMigrate(int version) {
        try {
            return new Opened(connectMigrated(version), true);
        } catch (SQLException fault) {
            return version < DatabaseSchema.VERSION && SqliteFault.of(fault) == SqliteFault.DAMAGED
                    ? migrateWithoutHistory(version, fault)
                    : connectWithoutRoom(version, fault);
        }
    }

    private Connection connectMigrated(int version) throws SQLException {
        Connection connection = connect(path);
        try {
            requireWritable(connection);
            if (version < DatabaseSchema.VERSION) {
                DatabaseSchema.migrate(connection, version, DatabaseSchema.VERSION);
            }
            return connection;
        } catch (SQLException fault) {
            connection.close();
            throw fault;
        }
    }

    /** All else has been found sound, so the damage is where the inspection looks at the end only, and a migration at everything. */
    private Opened migrateWithoutHistory(int version, SQLException damage) {
        setHistoryAside(version, damage.getMessage());
        try {
            return new Opened(connectMigrated(version), true);
        } catch (SQLException fault) {
            throw new StoreException(path + " cannot be opened " + SqliteFault.explain(fault), fault);
        }
    }

    /** What is known can be served from a full disk, if it needs no migration; changes have to wait for room. */
    private Opened connectWithoutRoom(int version, SQLException why) {
        if (version < DatabaseSchema.VERSION || !(SqliteFault.of(why).isForWantOfRoom() || isFull())) {
            throw new StoreException(path + " cannot be opened " + SqliteFault.explain(why), why);
        }
        try {
            return new Opened(connectAlone(), false);
        } catch (SQLException fault) {
            fault.addSuppressed(why);
            throw new StoreException(path + " cannot be opened " + SqliteFault.explain(fault), fault);
        }
    }

    private boolean isFull() {
        try {
            return Files.getFileStore(path).getUsableSpace() < SHARED_MEMORY_BYTES;
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Keeps the index of the log in its own memory instead of in a file that has to grow, and everybody else out. */
    Connection connectAlone() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        Connection connection = connect(config, path, "");
        try (Statement statement = connection.createStatement()) {
            // First of all: once the log has been looked at, it would be shared.
            statement.execute("PRAGMA locking_mode = EXCLUSIVE");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA user_version");
            return connection;
        } catch (SQLException fault) {
            connection.close();
            throw fault;
        }
    }

    /** @throws SQLException when there still is no room to share it */
    Connection connectAgain() throws SQLException {
        Connection connection = connect(path);
        try {
            requireWritable(connection);
            return connection;
        } catch (SQLException fault) {
            connection.close();
            throw fault;
        }
    }

    /** SQLite opens a file that it may not write without a word, and would fail at the first allocation only. */
    private static void requireWritable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("ROLLBACK");
        }
    }

    private static Connection connect(Path database) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
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

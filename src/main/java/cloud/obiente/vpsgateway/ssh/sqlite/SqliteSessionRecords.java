package cloud.obiente.vpsgateway.ssh.sqlite;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import cloud.obiente.vpsgateway.ssh.SessionRecords;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;

/**
 * Writes each record to the log and to the table {@code sessions}, and forgets the rows after some days. The file and its
 * connection belong to the thread {@code ssh-records}; all that waits is written in one transaction.
 *
 * <p>A record may be lost in a power cut, and when more wait than memory is spared for; the log line is not. Operators may
 * read the file while the gateway runs.
 */
public final class SqliteSessionRecords implements SessionRecords, AutoCloseable {
    private static final Logger LOG = Logger.getLogger("SshSessions");
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_BATCH = 1_000;
    private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);
    private static final String SCHEMA = """
            CREATE TABLE IF NOT EXISTS sessions (
              id INTEGER PRIMARY KEY AUTOINCREMENT,
              began TEXT NOT NULL,
              caller TEXT NOT NULL,
              target TEXT NOT NULL,
              destination TEXT,
              vps TEXT,
              organization TEXT,
              key_fingerprint TEXT,
              bytes_in INTEGER NOT NULL,
              bytes_out INTEGER NOT NULL,
              duration_ms INTEGER NOT NULL,
              reason TEXT NOT NULL
            ) STRICT""";
    private static final String INDEX = "CREATE INDEX IF NOT EXISTS sessions_by_time ON sessions (began)";
    private static final String INSERT =
            "INSERT INTO sessions (began, caller, target, destination, vps, organization, key_fingerprint, bytes_in,"
                    + " bytes_out, duration_ms, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final Path file;
    private final Duration kept;
    private final Clock clock;
    private final BlockingQueue<SessionRecord> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread;
    private volatile boolean closing;
    private volatile Optional<String> fault = Optional.empty();
    private Optional<Connection> connection = Optional.empty();
    private Instant nextSweep = Instant.MIN;

    private SqliteSessionRecords(Path file, Duration kept, Clock clock, ThreadFactory threads) {
        this.file = file;
        this.kept = kept;
        this.clock = clock;
        this.thread = threads.newThread(this::run);
    }

    /**
     * Starts the thread, which makes the file if there is none, and tries again whenever it cannot be written.
     *
     * @param days that a record is kept
     */
    public static SqliteSessionRecords start(Path file, int days, Clock clock, ThreadFactory threads) {
        SqliteSessionRecords records = new SqliteSessionRecords(file, Duration.ofDays(days), clock, threads);
        records.thread.setName("ssh-records");
        records.thread.start();
        return records;
    }

    @Override
    public void add(SessionRecord session) {
        LOG.info(session.toString());
        if (!waiting.offer(session)) {
            fault = Optional.of("more than " + MAX_WAITING + " session records wait to be written");
        }
    }

    @Override
    public Optional<String> fault() {
        return fault;
    }

    private void run() {
        List<SessionRecord> batch = new ArrayList<>();
        // Once in any case: what is too old must go even when we are closed at once.
        do {
            try {
                SessionRecord first = waiting.poll(1, TimeUnit.SECONDS);
                if (first != null) {
                    batch.add(first);
                    waiting.drainTo(batch, MAX_BATCH - 1);
                }
            } catch (InterruptedException wokenByClose) {
                closing = true;
            }
            work(batch);
            batch.clear();
        } while (!closing || !waiting.isEmpty());
        disconnect();
    }

    private void work(List<SessionRecord> batch) {
        boolean due = !clock.instant().isBefore(nextSweep);
        if (batch.isEmpty() && !due) {
            return;
        }
        try {
            Connection open = connect();
            if (!batch.isEmpty()) {
                insert(open, batch);
            }
            if (due) {
                sweep(open);
                nextSweep = clock.instant().plus(SWEEP_INTERVAL);
            }
            fault = Optional.empty();
        } catch (SQLException failure) {
            disconnect();
            String what = file + " could not be written (" + failure.getMessage() + "): " + batch.size()
                    + " session records are in the log only; check the disk's space and health";
            if (fault.isEmpty()) {
                LOG.error(what);
            }
            fault = Optional.of(what);
        }
    }

    private Connection connect() throws SQLException {
        if (connection.isEmpty()) {
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(JournalMode.WAL);
            config.setSynchronous(SynchronousMode.NORMAL);
            config.setBusyTimeout(2_000);
            makeForOwnerAlone();
            SQLiteDataSource source = new SQLiteDataSource(config);
            source.setUrl("jdbc:sqlite:" + file.toUri());
            Connection opened = source.getConnection();
            connection = Optional.of(opened);
            try (Statement statement = opened.createStatement()) {
                statement.execute(SCHEMA);
                statement.execute(INDEX);
            }
        }
        return connection.get();
    }

    /** Whatever the umask; SQLite gives its other files the same mode. */
    private void makeForOwnerAlone() throws SQLException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException asUsual) {
            return;
        } catch (IOException e) {
            throw new SQLException(e.toString(), e);
        }
    }

    private static void insert(Connection open, List<SessionRecord> batch) throws SQLException {
        open.setAutoCommit(false);
        try (PreparedStatement insert = open.prepareStatement(INSERT)) {
            for (SessionRecord session : batch) {
                bind(insert, session);
                insert.addBatch();
            }
            insert.executeBatch();
            open.commit();
        } finally {
            open.setAutoCommit(true);
        }
    }

    private static void bind(PreparedStatement insert, SessionRecord session) throws SQLException {
        Optional<Allocation> holder = session.holder();
        insert.setString(1, time(session.began()));
        insert.setString(2, session.caller().text());
        insert.setString(3, session.target());
        insert.setString(4, session.destination().map(Object::toString).orElse(null));
        insert.setString(5, holder.map(held -> held.vps().toString()).orElse(null));
        insert.setString(6, holder.map(held -> held.organization().text()).orElse(null));
        insert.setString(7, session.fingerprint().orElse(null));
        insert.setLong(8, session.bytesIn());
        insert.setLong(9, session.bytesOut());
        insert.setLong(10, session.duration().toMillis());
        insert.setString(11, session.end());
    }

    private void sweep(Connection open) throws SQLException {
        try (PreparedStatement delete = open.prepareStatement("DELETE FROM sessions WHERE began < ?")) {
            delete.setString(1, time(clock.instant().minus(kept)));
            delete.executeUpdate();
        }
    }

    /** ISO 8601 with the same number of digits always, so that the order of the texts is that of the times. */
    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void disconnect() {
        connection.ifPresent(open -> {
            try {
                open.close();
            } catch (SQLException alreadyBroken) {
                LOG.debug(file + " could not be closed", alreadyBroken);
            }
        });
        connection = Optional.empty();
    }

    /** Writes what waits and ends the thread; blocks until that is done. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException callerIsInAHurry) {
            Thread.currentThread().interrupt();
        }
    }
}

package cloud.obiente.vpsgateway.ipam.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * A new database with all that a start relies on, in place of one whose history is damaged. The old one stays beside it, whole
 * as it was, under a name that says what it is.
 *
 * @param file the database's
 * @param version of its schema, which the new one has as well
 */
record HistoryRebuild(DatabaseFile file, int version) {
    private static final Logger LOG = Logger.getLogger(HistoryRebuild.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * Called at the start only, before anybody uses the file.
     *
     * @param what SQLite says of the damage
     * @throws SQLException when the rows cannot be copied; the file is as it was
     * @throws IOException when there is no room for another file, or none can be made
     */
    void run(String what) throws SQLException, IOException {
        Path path = file.path();
        Path aside = path.resolveSibling(
                path.getFileName() + ".damaged-" + TIME.format(Clock.systemUTC().instant()));
        Path draft = file.createDraft(version);
        try (Connection damaged = file.connectAlone();
                Statement statement = damaged.createStatement()) {
            statement.execute("ATTACH '" + draft.toUri().toString().replace("'", "''") + "' AS fresh");
            statement.execute("BEGIN");
            for (String table : DatabaseSchema.believedTables(version)) {
                statement.execute("INSERT INTO fresh." + table + " SELECT * FROM main." + table);
            }
            statement.execute("COMMIT");
            statement.execute("DETACH fresh");
        }
        // A link first, so that at no moment there is no database: a start without one would begin empty.
        Files.createLink(aside, path);
        moveLog(path, aside);
        file.putInPlace(draft);
        LOG.error("the history (the table events) in " + path + " is damaged (" + what
                + "): it has been set aside as " + aside + " and a new one begun; all allocations are whole and"
                + " have been taken over. Check the disk's health; keep that file if you need the history, sqlite3"
                + " with \".recover\" reads what is left of it");
    }

    /** What it held has been read and written into the database when its last connection was closed, if that could be done. */
    private static void moveLog(Path path, Path aside) throws IOException {
        if (Files.exists(DatabaseFile.log(path))) {
            Files.move(DatabaseFile.log(path), DatabaseFile.log(aside), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}

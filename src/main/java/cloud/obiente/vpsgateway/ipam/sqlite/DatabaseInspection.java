package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.sqlite.SQLiteConfig;

/**
 * Tells whether a database file can be trusted, without writing to it or beside it.
 *
 * <p>A file that was closed in good order is read as immutable, which makes SQLite leave everything alone. After a crash
 * its log holds the newest commits and opening it would replay them, so then a copy of both is inspected.
 */
record DatabaseInspection(Path database) {
    /** <a href="https://www.sqlite.org/fileformat2.html#the_database_header">Database File Format, 1.3</a>. */
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    /**
     * The file's schema version, from 1 to {@link DatabaseSchema#VERSION}.
     *
     * @throws StoreException when the file cannot be trusted; the message names it and says what to do
     */
    int version() {
        try {
            requireMagic();
            Path real = database.toRealPath();
            if (Files.exists(DatabaseFile.log(real))) {
                return versionOfCopy(real);
            }
            requireWholePages(real);
            return version(real, "?immutable=1");
        } catch (SQLException fault) {
            throw damaged(fault.getMessage(), fault);
        } catch (IOException fault) {
            throw new StoreException(
                    database + " cannot be inspected (" + fault
                            + "): check that it is a file that can be read, that its"
                            + " directory is writable and that the disk is not full. The file was left as it is.",
                    fault);
        }
    }

    private void requireMagic() throws IOException {
        try (InputStream in = Files.newInputStream(database)) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw damaged("not an SQLite database", null);
            }
        }
    }

    /** SQLite reads what is missing of the last page as zeros, and may not notice. */
    private void requireWholePages(Path real) throws IOException {
        if (Files.size(real) % DatabaseFile.PAGE_BYTES != 0) {
            throw damaged("cut off in the middle of a page", null);
        }
    }

    /** Beside the original, because that is the one place that is known to hold a database of this size. */
    private int versionOfCopy(Path real) throws IOException, SQLException {
        Path copy = real.resolveSibling(".ipam-inspection");
        try {
            Files.copy(real, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(DatabaseFile.log(real), DatabaseFile.log(copy), StandardCopyOption.REPLACE_EXISTING);
            return version(copy, "");
        } finally {
            Files.deleteIfExists(copy.resolveSibling(copy.getFileName() + "-shm"));
            Files.deleteIfExists(DatabaseFile.log(copy));
            Files.deleteIfExists(copy);
        }
    }

    private int version(Path file, String query) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(!query.isEmpty());
        try (Connection connection = DatabaseFile.connect(config, file, query);
                Statement statement = connection.createStatement()) {
            int version = Integer.parseInt(firstValue(statement, "PRAGMA user_version"));
            if (version < 1) {
                throw damaged("an SQLite database, but not of this gateway", null);
            }
            if (version > DatabaseSchema.VERSION) {
                throw new StoreException(database + " was written by a newer version of the gateway (schema " + version
                        + ", this one knows up to " + DatabaseSchema.VERSION
                        + "): install that version again, or restore a"
                        + " backup. The file was left as it is.");
            }
            requireSound(statement, version);
            return version;
        }
    }

    /**
     * All that is believed is checked whole. Of the history, which operators read, and one step of {@link DatabaseSchema},
     * and which may be a thousand times as large, only the end, where the next commit adds to it: the start must not take
     * longer from year to year.
     */
    private void requireSound(Statement statement, int version) throws SQLException {
        for (String table : DatabaseSchema.believedTables(version)) {
            String verdict = firstValue(statement, "PRAGMA integrity_check(" + table + ")");
            if (!verdict.equals("ok")) {
                throw damaged(verdict, null);
            }
        }
        firstValue(statement, "SELECT max(id) FROM events");
        firstValue(statement, "SELECT seq FROM sqlite_sequence");
    }

    private static String firstValue(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    private StoreException damaged(String what, Throwable cause) {
        return new StoreException(
                database + " cannot be used (" + what
                        + "): restore a backup, or move it away together with its -wal and"
                        + " -shm files and start empty (the API will sync again). The file was left as it is.",
                cause);
    }
}

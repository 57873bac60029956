package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
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
     * What was found.
     *
     * @param version the file's schema version, from 1 to {@link DatabaseSchema#VERSION}
     * @param damagedHistory what is wrong with the history, if anything; all else is sound
     */
    record Verdict(int version, Optional<String> damagedHistory) {}

    /** @throws StoreException when the file cannot be trusted; the message names it and says what to do */
    Verdict verdict() {
        try {
            requireMagic();
            Path real = database.toRealPath();
            if (Files.exists(DatabaseFile.log(real))) {
                return verdictOfCopy(real);
            }
            requireWholePages(real);
            return verdict(real, "?immutable=1");
        } catch (SQLException fault) {
            throw unusable(fault);
        } catch (IOException fault) {
            throw new StoreException(
                    database + " cannot be inspected (" + fault
                            + "): check that it is a file that can be read, and that its directory is writable. The file"
                            + " was left as it is.",
                    fault);
        }
    }

    private StoreException unusable(SQLException fault) {
        return SqliteFault.of(fault) == SqliteFault.DAMAGED
                ? damaged(fault.getMessage(), fault)
                : new StoreException(
                        database + " cannot be inspected " + SqliteFault.explain(fault)
                                + ". The file was left as it is.",
                        fault);
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
    private Verdict verdictOfCopy(Path real) throws IOException, SQLException {
        Path copy = real.resolveSibling(".ipam-inspection");
        try {
            if (copy(real, copy)) {
                return verdict(copy, "");
            }
        } finally {
            Files.deleteIfExists(copy.resolveSibling(copy.getFileName() + "-shm"));
            Files.deleteIfExists(DatabaseFile.log(copy));
            Files.deleteIfExists(copy);
        }
        try (Connection connection = new DatabaseFile(real).connectAlone()) {
            return verdict(connection);
        }
    }

    /**
     * With the mode of the originals, which are for their owner alone.
     *
     * @return false when there is no room for them: then the file has to be inspected where it is
     * @throws IOException when one of them cannot be read
     */
    private static boolean copy(Path real, Path copy) throws IOException {
        try (InputStream readable = Files.newInputStream(real);
                InputStream log = Files.newInputStream(DatabaseFile.log(real))) {
            Files.deleteIfExists(copy);
            Files.copy(real, copy, StandardCopyOption.COPY_ATTRIBUTES);
            Files.copy(
                    DatabaseFile.log(real),
                    DatabaseFile.log(copy),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
            return true;
        } catch (FileSystemException noRoom) {
            if (noRoom instanceof NoSuchFileException || noRoom instanceof AccessDeniedException) {
                throw noRoom;
            }
            return false;
        } catch (IOException noRoom) {
            return false;
        }
    }

    private Verdict verdict(Path file, String query) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(!query.isEmpty());
        try (Connection connection = DatabaseFile.connect(config, file, query)) {
            return verdict(connection);
        }
    }

    private Verdict verdict(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
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
            return new Verdict(version, damageOfHistory(statement));
        }
    }

    /** All that is believed is checked whole. */
    private void requireSound(Statement statement, int version) throws SQLException {
        for (String table : DatabaseSchema.believedTables(version)) {
            String verdict = firstValue(statement, "PRAGMA integrity_check(" + table + ")");
            if (!verdict.equals("ok")) {
                throw damaged(verdict, null);
            }
        }
    }

    /**
     * Of the history, which only operators read, and which may be a thousand times as large, only the end is checked, where the next commit
     * adds to it: the start must not take longer from year to year.
     */
    private Optional<String> damageOfHistory(Statement statement) throws SQLException {
        try {
            firstValue(statement, "SELECT max(id) FROM events");
            firstValue(statement, "SELECT seq FROM sqlite_sequence");
            return Optional.empty();
        } catch (SQLException fault) {
            if (SqliteFault.of(fault) != SqliteFault.DAMAGED) {
                throw fault;
            }
            return Optional.of(fault.getMessage());
        }
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

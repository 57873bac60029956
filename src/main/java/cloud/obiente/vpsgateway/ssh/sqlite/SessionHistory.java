package cloud.obiente.vpsgateway.ssh.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The records of sessions, read, by a connection of its own for each question that cannot write. Blocks; any thread.
 *
 * @param file that {@link SqliteSessionRecords} writes
 */
public record SessionHistory(Path file) {
    private static final int BUSY_TIMEOUT_MILLIS = 2_000;

    /**
     * One session that has ended, as text and numbers.
     *
     * @param destination empty when the target was refused or not found
     * @param vps empty when nobody held the address here
     * @param key fingerprint of the end user's key; empty when none was given
     */
    public record Ended(
            long id,
            String began,
            String caller,
            String target,
            Optional<String> destination,
            Optional<String> vps,
            Optional<String> organization,
            Optional<String> key,
            long bytesIn,
            long bytesOut,
            long durationMillis,
            String reason) {}

    /**
     * The newest first; none where no session has been recorded yet.
     *
     * @param vps only this one's
     * @throws IOException when the file cannot be read
     */
    public List<Ended> read(Optional<String> vps, int limit) throws IOException {
        if (Files.notExists(file)) {
            return List.of();
        }
        String where = vps.isPresent() ? " WHERE vps = ?" : "";
        String sql = "SELECT id, began, caller, target, destination, vps, organization, key_fingerprint, bytes_in,"
                + " bytes_out, duration_ms, reason FROM sessions" + where + " ORDER BY id DESC LIMIT " + limit;
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            if (vps.isPresent()) {
                statement.setString(1, vps.get());
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<Ended> sessions = new ArrayList<>();
                while (rows.next()) {
                    sessions.add(ended(rows));
                }
                return sessions;
            }
        } catch (SQLException fault) {
            throw new IOException(file + " cannot be read (" + fault.getMessage() + ")", fault);
        }
    }

    private Connection connect() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toUri() + "?mode=ro");
        return source.getConnection();
    }

    private static Ended ended(ResultSet row) throws SQLException {
        return new Ended(
                row.getLong("id"),
                row.getString("began"),
                row.getString("caller"),
                row.getString("target"),
                Optional.ofNullable(row.getString("destination")),
                Optional.ofNullable(row.getString("vps")),
                Optional.ofNullable(row.getString("organization")),
                Optional.ofNullable(row.getString("key_fingerprint")),
                row.getLong("bytes_in"),
                row.getLong("bytes_out"),
                row.getLong("duration_ms"),
                row.getString("reason"));
    }
}

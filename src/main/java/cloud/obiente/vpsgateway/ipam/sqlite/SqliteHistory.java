package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;

/**
 * The history of allocations, read. Each question has a connection of its own that cannot write, beside that of the store, and
 * sees what has been committed. Blocks; any thread.
 */
public final class SqliteHistory {
    private static final int BUSY_TIMEOUT_MILLIS = 2_000;
    private static final String COLUMNS = "id, at, caller, action, vps, organization, address, mac, detail";

    private final Path file;

    public SqliteHistory(Path file) {
        this.file = file;
    }

    /**
     * Which events are wanted.
     *
     * @param vps only those of this VPS
     * @param about only those with this address or MAC address, as written in the table
     * @param since only those from then on
     * @param limit the newest so many
     */
    public record Filter(Optional<String> vps, Optional<String> about, Optional<Instant> since, int limit) {}

    /**
     * One line of the history, as text.
     *
     * @param mac empty when the allocation had none
     */
    public record Event(
            long id,
            String at,
            String caller,
            String action,
            String vps,
            String organization,
            String address,
            Optional<String> mac,
            String detail) {}

    /**
     * The newest first.
     *
     * @throws StoreException when the file cannot be read
     */
    public List<Event> read(Filter filter) {
        List<String> conditions = new ArrayList<>();
        List<String> values = new ArrayList<>();
        filter.vps().ifPresent(vps -> {
            conditions.add("vps = ?");
            values.add(vps);
        });
        filter.about().ifPresent(text -> {
            conditions.add("(address = ? OR mac = ?)");
            values.add(text);
            values.add(text);
        });
        filter.since().ifPresent(since -> {
            conditions.add("at >= ?");
            values.add(since.toString());
        });
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        String sql = "SELECT " + COLUMNS + " FROM events" + where + " ORDER BY id DESC LIMIT " + filter.limit();
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setString(i + 1, values.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<Event> events = new ArrayList<>();
                while (rows.next()) {
                    events.add(event(rows));
                }
                return events;
            }
        } catch (SQLException fault) {
            throw new StoreException(file + " cannot be read " + SqliteFault.explain(fault), fault);
        }
    }

    private Connection connect() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return DatabaseFile.connect(config, file, "?mode=ro");
    }

    private static Event event(ResultSet row) throws SQLException {
        return new Event(
                row.getLong("id"),
                row.getString("at"),
                row.getString("caller"),
                row.getString("action"),
                row.getString("vps"),
                row.getString("organization"),
                row.getString("address"),
                Optional.ofNullable(row.getString("mac")),
                row.getString("detail"));
    }
}

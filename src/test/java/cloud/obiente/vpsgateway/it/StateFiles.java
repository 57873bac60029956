package cloud.obiente.vpsgateway.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The state directory as operators know it: the database and dnsmasq's files. */
record StateFiles(Path directory) {

    Path databaseFile() {
        return directory.resolve("ipam.sqlite");
    }

    Path hostsFile() {
        return directory.resolve("dnsmasq.hosts");
    }

    Path reservationsFile() {
        return directory.resolve("dnsmasq.dhcp-hosts");
    }

    Path leasesFile() {
        return directory.resolve("dnsmasq.leases");
    }

    /** Private allocations in ipam.sqlite, all of which must have a MAC. */
    List<Holding> database() {
        List<Holding> holdings = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT vps, address, mac FROM allocations")) {
            while (rows.next()) {
                holdings.add(Holding.of(rows.getString(1), rows.getString(2), rows.getString(3)));
            }
            return holdings;
        } catch (SQLException e) {
            throw new AssertionError("reading " + databaseFile(), e);
        }
    }

    /** The one column of a query. */
    List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    /** A connection as an operator's tool would make it. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + databaseFile());
    }

    /** Lines of dnsmasq.hosts: address, space, name; none while there is no such file. */
    List<String> names() {
        return lines(hostsFile());
    }

    /** Lines of dnsmasq.dhcp-hosts; none while there is no such file. */
    List<Holding> reservations() {
        return lines(reservationsFile()).stream()
                .map(line -> line.split(","))
                .map(fields -> Holding.of(fields[3], fields[2], fields[0]))
                .toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException deleted) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

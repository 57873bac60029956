package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.ReleasedAddress;
import cloud.obiente.vpsgateway.ipam.SourceListing;
import cloud.obiente.vpsgateway.ipam.SourceState;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.ipam.SupersededMac;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows as values: everything that the tables say of now. Used on the thread of its store. */
record StoredRows(Connection connection) {

    /**
     * Everything but the history.
     *
     * @throws IllegalArgumentException when a value makes no sense
     */
    StoredState read() throws SQLException {
        Map<Ipv4Address, Map<ListSource, SourceListing>> listings = listings();
        Map<Ipv4Address, AllocationFacts> facts = new HashMap<>();
        List<Allocation> allocations = rows(
                "SELECT vps, organization, address, mac, allocated_at, kind, origin, revision, touched_at, vouched_at,"
                        + " denied_since, seen_at FROM allocations",
                row -> {
                    Allocation allocation = allocation(row);
                    facts.put(
                            allocation.address(),
                            facts(row, allocation, listings.getOrDefault(allocation.address(), Map.of())));
                    return allocation;
                });
        return new StoredState(allocations, facts, released(), superseded(), unclaimed(), sources());
    }

    private static Allocation allocation(ResultSet row) throws SQLException {
        return new Allocation(
                VpsId.parse(row.getString("vps")),
                OrganizationId.parse(row.getString("organization")),
                Ipv4Address.parse(row.getString("address")),
                optional(row, "mac").map(MacAddress::parse),
                Instant.parse(row.getString("allocated_at")),
                Allocation.Kind.valueOf(row.getString("kind")));
    }

    private static AllocationFacts facts(ResultSet row, Allocation allocation, Map<ListSource, SourceListing> listings)
            throws SQLException {
        return new AllocationFacts(
                AllocationFacts.Origin.valueOf(row.getString("origin")),
                row.getLong("revision"),
                instant(row, "touched_at").orElse(allocation.allocatedAt()),
                instant(row, "vouched_at"),
                instant(row, "denied_since"),
                instant(row, "seen_at"),
                listings);
    }

    private Map<Ipv4Address, Map<ListSource, SourceListing>> listings() throws SQLException {
        Map<Ipv4Address, Map<ListSource, SourceListing>> all = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT address, instance, node, word, since, lists, ever_named FROM listings")) {
            while (row.next()) {
                all.computeIfAbsent(Ipv4Address.parse(row.getString("address")), first -> new HashMap<>())
                        .put(
                                source(row),
                                new SourceListing(
                                        SourceListing.Word.valueOf(row.getString("word")),
                                        Instant.parse(row.getString("since")),
                                        row.getInt("lists"),
                                        row.getBoolean("ever_named")));
            }
        }
        return all;
    }

    private List<ReleasedAddress> released() throws SQLException {
        return rows(
                "SELECT address, released_at, turn, vps, mac, revision FROM released",
                row -> new ReleasedAddress(
                        Ipv4Address.parse(row.getString("address")),
                        Instant.parse(row.getString("released_at")),
                        row.getLong("turn"),
                        optional(row, "vps").map(VpsId::parse),
                        optional(row, "mac").map(MacAddress::parse),
                        row.getLong("revision")));
    }

    private List<SupersededMac> superseded() throws SQLException {
        return rows(
                "SELECT mac, vps, at FROM superseded_macs",
                row -> new SupersededMac(
                        MacAddress.parse(row.getString("mac")),
                        VpsId.parse(row.getString("vps")),
                        Instant.parse(row.getString("at"))));
    }

    private List<UnclaimedLease> unclaimed() throws SQLException {
        return rows(
                "SELECT address, mac, since, denied_since FROM unclaimed_leases",
                row -> new UnclaimedLease(
                        Ipv4Address.parse(row.getString("address")),
                        MacAddress.parse(row.getString("mac")),
                        Instant.parse(row.getString("since")),
                        instant(row, "denied_since")));
    }

    private Map<ListSource, SourceState> sources() throws SQLException {
        Map<ListSource, SourceState> all = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT instance, node, first_list_at, last_list_at,"
                        + " implausible_since, accepted_at FROM list_sources")) {
            while (row.next()) {
                all.put(
                        source(row),
                        new SourceState(
                                Instant.parse(row.getString("first_list_at")),
                                Instant.parse(row.getString("last_list_at")),
                                instant(row, "implausible_since"),
                                instant(row, "accepted_at")));
            }
        }
        return all;
    }

    private static ListSource source(ResultSet row) throws SQLException {
        return new ListSource(row.getString("instance"), row.getString("node"));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return optional(row, column).map(Instant::parse);
    }

    private static Optional<String> optional(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private <T> List<T> rows(String sql, Row<T> row) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(row.read(rows));
            }
            return read;
        }
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}

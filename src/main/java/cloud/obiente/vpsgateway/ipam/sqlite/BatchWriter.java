package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.AuditEvent;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.SourceListing;
import cloud.obiente.vpsgateway.ipam.SourceState;
import cloud.obiente.vpsgateway.ipam.StoreBatch;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch as rows, within the transaction of its store. All that goes, goes first: then the unique indexes allow two VPSs
 * to swap.
 */
record BatchWriter(Connection connection) {

    void write(StoreBatch batch) throws SQLException {
        for (String table : List.of("allocations", "released", "unclaimed_leases", "listings")) {
            each("DELETE FROM " + table + " WHERE address = ?", batch.touched(), address -> List.of(text(address)));
        }
        each("DELETE FROM superseded_macs WHERE mac = ?", batch.macs(), mac -> List.of(text(mac)));
        writeHeld(batch.held());
        writeFree(batch);
        writeSources(batch);
        each(
                "INSERT INTO events (at, caller, action, vps, organization, address, mac, detail)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                batch.events(),
                BatchWriter::columns);
    }

    private void writeHeld(List<StoreBatch.Held> held) throws SQLException {
        each(
                "INSERT INTO allocations (address, vps, organization, mac, allocated_at, kind, origin, revision,"
                        + " touched_at, vouched_at, denied_since, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                held,
                BatchWriter::columns);
        each(
                "INSERT INTO listings (address, instance, node, word, since, lists, ever_named)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                held.stream().flatMap(one -> ListingRow.of(one).stream()).toList(),
                ListingRow::columns);
    }

    private void writeFree(StoreBatch batch) throws SQLException {
        each(
                "INSERT INTO released (turn, address, released_at, vps, mac, revision) VALUES (?, ?, ?, ?, ?, ?)",
                batch.released(),
                released -> List.of(
                        text(released.sequence()),
                        text(released.address()),
                        text(released.releasedAt()),
                        released.vps().map(Object::toString),
                        released.mac().map(MacAddress::toString),
                        text(released.revision())));
        each(
                "INSERT INTO unclaimed_leases (address, mac, since, denied_since) VALUES (?, ?, ?, ?)",
                batch.unclaimed(),
                lease -> List.of(
                        text(lease.address()),
                        text(lease.mac()),
                        text(lease.since()),
                        lease.deniedSince().map(Object::toString)));
        each(
                "INSERT INTO superseded_macs (mac, vps, at) VALUES (?, ?, ?)",
                batch.superseded(),
                mac -> List.of(text(mac.mac()), text(mac.vps()), text(mac.at())));
    }

    private void writeSources(StoreBatch batch) throws SQLException {
        each(
                "INSERT OR REPLACE INTO list_sources (instance, node, first_list_at, last_list_at, implausible_since,"
                        + " accepted_at) VALUES (?, ?, ?, ?, ?, ?)",
                batch.sources().entrySet(),
                BatchWriter::columns);
        for (String table : List.of("list_sources", "listings")) {
            each(
                    "DELETE FROM " + table + " WHERE instance = ? AND node = ?",
                    batch.forgotten(),
                    source -> List.of(text(source.instance()), text(source.node())));
        }
    }

    private static List<Optional<String>> columns(StoreBatch.Held held) {
        Allocation allocation = held.allocation();
        AllocationFacts facts = held.facts();
        return List.of(
                text(allocation.address()),
                text(allocation.vps()),
                text(allocation.organization()),
                allocation.mac().map(MacAddress::toString),
                text(allocation.allocatedAt()),
                text(allocation.kind()),
                text(facts.origin()),
                text(facts.revision()),
                text(facts.touchedAt()),
                facts.vouchedAt().map(Object::toString),
                facts.deniedSince().map(Object::toString),
                facts.seenAt().map(Object::toString));
    }

    private static List<Optional<String>> columns(Map.Entry<ListSource, SourceState> entry) {
        SourceState state = entry.getValue();
        return List.of(
                text(entry.getKey().instance()),
                text(entry.getKey().node()),
                text(state.firstListAt()),
                text(state.lastListAt()),
                state.implausibleSince().map(Object::toString),
                state.acceptedAt().map(Object::toString));
    }

    private static List<Optional<String>> columns(AuditEvent event) {
        Allocation subject = event.change().subject();
        return List.of(
                text(event.at()),
                text(event.caller()),
                text(event.action()),
                text(subject.vps()),
                text(subject.organization()),
                text(subject.address()),
                subject.mac().map(MacAddress::toString),
                text(event.detail()));
    }

    private static Optional<String> text(Object value) {
        return Optional.of(value.toString());
    }

    /** What one source says of one address. */
    private record ListingRow(Ipv4Address address, ListSource source, SourceListing listing) {
        static List<ListingRow> of(StoreBatch.Held held) {
            List<ListingRow> rows = new ArrayList<>();
            held.facts()
                    .listings()
                    .forEach((source, listing) ->
                            rows.add(new ListingRow(held.allocation().address(), source, listing)));
            return rows;
        }

        List<Optional<String>> columns() {
            return List.of(
                    text(address),
                    text(source.instance()),
                    text(source.node()),
                    text(listing.word()),
                    text(listing.since()),
                    text(listing.lists()),
                    text(listing.everNamed() ? 1 : 0));
        }
    }

    private <T> void each(String sql, Collection<T> items, Columns<T> columns) throws SQLException {
        if (items.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T item : items) {
                List<Optional<String>> values = columns.of(item);
                for (int i = 0; i < values.size(); i++) {
                    statement.setString(i + 1, values.get(i).orElse(null));
                }
                statement.executeUpdate();
            }
        }
    }

    @FunctionalInterface
    private interface Columns<T> {
        List<Optional<String>> of(T item);
    }
}

package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The API's table of leases: unique by MAC, addresses are not, and rows are never deleted by the API itself. The timeline's
 * thread.
 */
public final class LeaseTable {
    /** A MAC, or for rows without one the VPS and its organization. */
    private record Key(Object unique, String organization) {}

    private final Map<Key, LeaseRow> rows = new LinkedHashMap<>();

    /** What LeaseSync does with an entry: the last one of a MAC has it, with all that belongs to it. */
    public void upsert(LeaseEntry entry, String node) {
        Optional<MacAddress> mac = entry.mac().or(() -> macOf(entry));
        LeaseEntry stored = new LeaseEntry(entry.vps(), entry.organization(), entry.address(), mac, entry.isPublic());
        rows.put(keyOf(stored), new LeaseRow(stored, node));
    }

    /** Entries without MAC are matched by VPS and organization. */
    private Optional<MacAddress> macOf(LeaseEntry entry) {
        return stream()
                .map(LeaseRow::entry)
                .filter(row ->
                        row.vps().equals(entry.vps()) && row.organization().equals(entry.organization()))
                .flatMap(row -> row.mac().stream())
                .findFirst();
    }

    /** What becomes of a discovered allocation: a row if the VPS has none of that kind, and its MAC is not taken. */
    public void addDiscovered(LeaseEntry entry, String node) {
        boolean known = stream()
                .map(LeaseRow::entry)
                .anyMatch(row -> row.vps().equals(entry.vps()) && row.isPublic() == entry.isPublic());
        if (!known) {
            rows.putIfAbsent(keyOf(entry), new LeaseRow(entry, node));
        }
    }

    private static Key keyOf(LeaseEntry entry) {
        return entry.mac().map(mac -> new Key(mac, "")).orElseGet(() -> new Key(entry.vps(), entry.organization()));
    }

    /** As an operator, a restored backup or an accident does; the API never. */
    public void lose(Predicate<LeaseRow> which) {
        rows.values().removeIf(which);
    }

    public Stream<LeaseRow> stream() {
        return rows.values().stream();
    }

    List<LeaseEntry> of(String vps, boolean isPublic) {
        return stream()
                .map(LeaseRow::entry)
                .filter(entry -> entry.vps().equals(vps) && entry.isPublic() == isPublic)
                .toList();
    }

    Optional<LeaseEntry> ofMac(MacAddress mac) {
        return Optional.ofNullable(rows.get(new Key(mac, ""))).map(LeaseRow::entry);
    }

    /** The first of them, which may be that of a VPS long gone. */
    Optional<LeaseEntry> at(Ipv4Address address) {
        return stream()
                .map(LeaseRow::entry)
                .filter(entry -> entry.address().equals(address))
                .findFirst();
    }
}

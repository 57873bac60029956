package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The API's records of VPSs, and which of them cannot be read just now. The timeline's thread. */
public final class VpsRecords {
    private final Map<String, VpsRecord> records = new LinkedHashMap<>();
    private Predicate<String> unreadable = vps -> false;

    /** Until it is called again; the API does not tell a record that cannot be read from one that is not there. */
    public void makeUnreadable(Predicate<String> which) {
        unreadable = which;
    }

    void put(VpsRecord record) {
        records.put(record.vps(), record);
    }

    void change(String vps, UnaryOperator<VpsRecord> how) {
        records.computeIfPresent(vps, (name, record) -> how.apply(record));
    }

    /** The operators have given nodes other names. */
    public void renameNodes(UnaryOperator<String> newName) {
        records.replaceAll((vps, record) -> new VpsRecord(
                vps, record.organization(), newName.apply(record.node()), record.mac(), record.deleted()));
    }

    Optional<VpsRecord> read(String vps) {
        return Optional.ofNullable(records.get(vps)).filter(record -> !unreadable.test(vps));
    }

    Optional<VpsRecord> ofMac(MacAddress mac) {
        return records.values().stream()
                .filter(record -> record.mac().equals(Optional.of(mac)) && !unreadable.test(record.vps()))
                .findFirst();
    }

    /** Those that were not deleted. */
    public List<VpsRecord> existing() {
        return records.values().stream().filter(record -> !record.deleted()).toList();
    }
}

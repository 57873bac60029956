package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The VMs that there are, each with the MAC address of its NIC, which nobody chose. The timeline's thread. */
public final class ProxmoxInventory {
    private static final Duration ONE_VM = Duration.ofMillis(60);

    private final Map<String, MacAddress> nics = new LinkedHashMap<>();
    private final Set<MacAddress> drawn = new HashSet<>();

    /** Whether nobody has drawn this one before. */
    boolean isFirstOf(MacAddress mac) {
        return drawn.add(mac);
    }

    void add(String vps, MacAddress nic) {
        nics.put(vps, nic);
    }

    void remove(String vps) {
        nics.remove(vps);
    }

    public Optional<MacAddress> nicOf(String vps) {
        return Optional.ofNullable(nics.get(vps));
    }

    Optional<String> withNic(MacAddress mac) {
        return nics.entrySet().stream()
                .filter(vm -> vm.getValue().equals(mac))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** How long a search through the configuration of every VM takes. */
    Duration scanTime() {
        return ONE_VM.multipliedBy(nics.size());
    }
}

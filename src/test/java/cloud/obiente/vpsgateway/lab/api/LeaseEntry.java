package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/** One address of one VPS, as lists, ListIPs and the public calls have it. */
public record LeaseEntry(
        String vps, String organization, Ipv4Address address, Optional<MacAddress> mac, boolean isPublic) {

    @Override
    public String toString() {
        return vps
                + (isPublic ? " public " : " ")
                + address
                + mac.map(known -> " " + known).orElse("");
    }
}

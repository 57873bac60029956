package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/**
 * What the API knows of a VPS. It stays when the VPS is deleted.
 *
 * @param mac where the API has noted one down; mostly it has not
 */
public record VpsRecord(String vps, String organization, String node, Optional<MacAddress> mac, boolean deleted) {

    VpsRecord asDeleted() {
        return new VpsRecord(vps, organization, node, mac, true);
    }
}

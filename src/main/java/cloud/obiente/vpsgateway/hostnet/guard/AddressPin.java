package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/**
 * One guarded address.
 *
 * @param address what nobody but the owner may send from
 * @param owner the NIC that may; empty: none may, because nobody knows whose NIC it is
 * @param vps who holds the address
 * @param kind a public address gets a permanent neighbour entry as well
 */
public record AddressPin(Ipv4Address address, Optional<MacAddress> owner, VpsId vps, Allocation.Kind kind) {

    static AddressPin of(Allocation held) {
        return new AddressPin(held.address(), held.mac(), held.vps(), held.kind());
    }

    boolean isPublic() {
        return kind == Allocation.Kind.PUBLIC;
    }
}

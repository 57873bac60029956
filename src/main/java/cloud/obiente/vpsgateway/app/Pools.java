package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The pool that follows from the settings. */
final class Pools {
    private Pools() {}

    /** @param ownAddress the gateway's address towards the VPSs, as far as it is known at the start */
    static AddressPool of(DhcpSettings dhcp, Optional<Ipv4Address> ownAddress) {
        Set<Ipv4Address> reserved =
                new HashSet<>(List.of(dhcp.subnet().network(), dhcp.subnet().broadcast(), dhcp.router()));
        reserved.addAll(dhcp.upstreamDns());
        dhcp.listenIp().ifPresent(reserved::add);
        ownAddress.ifPresent(reserved::add);
        return new AddressPool(dhcp.pool(), reserved);
    }
}

package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.Optional;

/**
 * What the operator wants.
 *
 * @param source the address that traffic leaves with; one of this host
 * @param network the VPSs' network; traffic that stays in it is left alone
 * @param fixedInterface where traffic leaves; empty: where the default route leads, whenever that changes
 * @param manageSysctl whether forwarding may be switched on; otherwise a warning says how
 * @param keepRules whether the rule stays when the gateway stops
 */
public record SnatSettings(
        Ipv4Address source,
        Subnet network,
        Optional<InterfaceName> fixedInterface,
        boolean manageSysctl,
        boolean keepRules) {}

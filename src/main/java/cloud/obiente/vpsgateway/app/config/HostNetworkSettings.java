package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Optional;

/**
 * What the host's kernel does for us.
 *
 * @param outboundIp source of the traffic that leaves the VPSs' network; empty: left as it is
 * @param outboundInterface where it leaves; empty: where the default route leads
 * @param manageSysctl whether the gateway may switch forwarding on
 * @param keepRules whether SNAT stays when the gateway stops
 * @param guardPrivate whether private addresses are pinned to their MACs as public ones are
 * @param dnsLimit what one VPS may ask of our DNS; empty: nobody is held to anything
 * @param guardBridge the bridge of this host on which frames between VPSs are checked; empty: none
 */
public record HostNetworkSettings(
        Optional<Ipv4Address> outboundIp,
        Optional<InterfaceName> outboundInterface,
        boolean manageSysctl,
        boolean keepRules,
        boolean guardPrivate,
        Optional<DnsLimit> dnsLimit,
        Optional<InterfaceName> guardBridge) {}

package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.dnsmasq.AdvertisedDns;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.DynamicRange;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.Segment;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import cloud.obiente.vpsgateway.net.Subnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Addresses, DHCP and DNS of this node.
 *
 * @param mode whether DHCP is served at all
 * @param pool the addresses given to VPSs, by this gateway or by those that have the pool in common; inside the subnet, at
 *     most 65,536
 * @param share the part of them that this gateway chooses from; at least one of its addresses is assignable
 * @param subnet the VPSs' network
 * @param router given to VPSs; a host of the subnet
 * @param networkInterface to serve; need not exist yet
 * @param listenIp this gateway's own address; empty: the interface's address in the subnet. Always there in {@link
 *     DhcpMode#DNS_ONLY}
 * @param upstreamDns at least one, no duplicates, in the order to ask
 * @param advertiseDns the resolvers given to VPSs
 * @param domain of the VPSs' names
 * @param leaseTime whole seconds, 2 minutes to 365 days
 * @param stateDirectory absolute; nothing in it means anything special to dnsmasq.conf
 * @param quarantine how long a released address rests; whole seconds, zero for not at all
 * @param unknownClients what becomes of MACs without a reservation
 * @param dnsPort 1 to 65535
 */
public record DhcpSettings(
        DhcpMode mode,
        Ipv4Range pool,
        PoolShare share,
        Subnet subnet,
        Ipv4Address router,
        InterfaceName networkInterface,
        Optional<Ipv4Address> listenIp,
        List<Ipv4Address> upstreamDns,
        AdvertisedDns advertiseDns,
        DomainName domain,
        Duration leaseTime,
        Path stateDirectory,
        Duration quarantine,
        UnknownClients unknownClients,
        int dnsPort) {

    public DhcpSettings {
        upstreamDns = List.copyOf(upstreamDns);
    }

    /** The addresses that this gateway chooses from. */
    public Ipv4Range ownPart() {
        return share.of(pool).orElseThrow();
    }

    /** The pool without the addresses that the interface has: these are learnt, and may change, while the gateway runs. */
    public AddressPool addressPool() {
        return AddressPool.within(
                subnet,
                pool,
                ownPart(),
                Stream.of(Stream.of(router), upstreamDns.stream(), listenIp.stream())
                        .flatMap(addresses -> addresses)
                        .toList());
    }

    /** What clients without a reservation get; empty: nothing. */
    public Optional<DynamicRange> dynamicRange() {
        return unknownClients == UnknownClients.SERVE
                ? Optional.of(DynamicRange.atEndOf(ownPart(), sharesSegment() ? Segment.SHARED : Segment.OURS_ALONE))
                : Optional.empty();
    }

    /** Whether other gateways are expected on the network: a share says so, or a listen address other than the router's. */
    public boolean sharesSegment() {
        return !share.isWhole() || listenIp.filter(own -> !own.equals(router)).isPresent();
    }
}

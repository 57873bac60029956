package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.DynamicRange;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.Segment;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The pool and its dynamic range, as they follow from the settings. */
final class PoolFactory {
    /** One address in so many is for unknown clients; the rest stays with the VPSs, however many clients come. */
    private static final int DYNAMIC_FRACTION = 4;

    private static final long MAX_DYNAMIC_ADDRESSES = 1_024;

    /** dnsmasq's shortest lease: an address that a VPS needs is soon free, and a VPS that is resolved soon has its own. */
    private static final Duration DYNAMIC_LEASE_TIME = Duration.ofMinutes(2);

    private PoolFactory() {}

    /** Without the addresses that the interface has: these are learnt, and may change, while the gateway runs. */
    static AddressPool of(DhcpSettings dhcp) {
        Set<Ipv4Address> reserved =
                new HashSet<>(List.of(dhcp.subnet().network(), dhcp.subnet().broadcast(), dhcp.router()));
        reserved.addAll(dhcp.upstreamDns());
        dhcp.listenIp().ifPresent(reserved::add);
        return new AddressPool(dhcp.pool(), dhcp.ownPart(), reserved);
    }

    /** The dynamic range: the end of this gateway's part of the pool, because VPSs are given its beginning first. */
    static Optional<DynamicRange> dynamicRange(DhcpSettings dhcp) {
        if (dhcp.unknownClients() != UnknownClients.SERVE) {
            return Optional.empty();
        }
        Ipv4Range part = dhcp.ownPart();
        long count = Math.min(MAX_DYNAMIC_ADDRESSES, Math.max(1, part.size() / DYNAMIC_FRACTION));
        Ipv4Address first = part.first().plus((int) (part.size() - count));
        return Optional.of(new DynamicRange(
                new Ipv4Range(first, part.last()),
                DYNAMIC_LEASE_TIME,
                dhcp.sharesSegment() ? Segment.SHARED : Segment.OURS_ALONE));
    }

    /** The longest for which dnsmasq gives anybody a lease. */
    static Duration maxLeaseTime(DhcpSettings dhcp) {
        Duration reserved = dhcp.leaseTime();
        return dynamicRange(dhcp)
                .map(DynamicRange::leaseTime)
                .filter(leaseTime -> leaseTime.compareTo(reserved) > 0)
                .orElse(reserved);
    }
}

package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.Subnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What stays the same for the life of the gateway.
 *
 * @param directory absolute; where all of dnsmasq's files live
 * @param mode whether DHCP is served beside DNS
 * @param interfaceName the interface towards the VPSs; may appear later
 * @param listenAddress our own address on it; empty: the interface's address in the subnet
 * @param dnsPort UDP and TCP port of DNS
 * @param subnet the VPSs' network
 * @param router the default route given to VPSs
 * @param upstream resolvers that answer for outside names; empty: outside names are refused
 * @param advertised which resolvers VPSs are told to ask
 * @param domain the domain of the VPSs' names
 * @param leaseTime at least two minutes, which is dnsmasq's own minimum
 * @param dynamicRange what clients without a reservation get; empty: silence
 * @param leasesFile absolute; written by dnsmasq alone, read by us
 */
public record DnsmasqSettings(
        Path directory,
        DhcpMode mode,
        InterfaceName interfaceName,
        Optional<Ipv4Address> listenAddress,
        int dnsPort,
        Subnet subnet,
        Ipv4Address router,
        List<Ipv4Address> upstream,
        AdvertisedDns advertised,
        DomainName domain,
        Duration leaseTime,
        Optional<DynamicRange> dynamicRange,
        Path leasesFile) {

    /**
     * Addresses that are leased to clients without a reservation.
     *
     * @param addresses inside the subnet
     * @param leaseTime at least two minutes
     * @param segment whether others serve DHCP there
     */
    public record DynamicRange(Ipv4Range addresses, Duration leaseTime, Segment segment) {
        /** One address in so many is for unknown clients; the rest stays with the VPSs, however many clients come. */
        private static final int FRACTION = 4;

        private static final long MAX_ADDRESSES = 1_024;

        /** dnsmasq's shortest lease: an address that a VPS needs is soon free, and a VPS that is resolved soon has its own. */
        private static final Duration LEASE_TIME = Duration.ofMinutes(2);

        /** The end of what a gateway chooses from, because VPSs are given its beginning first. */
        public static DynamicRange atEndOf(Ipv4Range own, Segment segment) {
            long count = Math.min(MAX_ADDRESSES, Math.max(1, own.size() / FRACTION));
            return new DynamicRange(
                    new Ipv4Range(own.first().plus((int) (own.size() - count)), own.last()), LEASE_TIME, segment);
        }
    }

    /** Who serves DHCP on the VPSs' network. */
    public enum Segment {
        /** This gateway alone: it may say no to any request. */
        OURS_ALONE,
        /** Others too: a request for an address that we do not know may be theirs to answer. */
        SHARED
    }

    public DnsmasqSettings {
        upstream = List.copyOf(upstream);
    }

    /** The longest for which anybody is given a lease. */
    public Duration maxLeaseTime() {
        return dynamicRange
                .map(DynamicRange::leaseTime)
                .filter(dynamic -> dynamic.compareTo(leaseTime) > 0)
                .orElse(leaseTime);
    }

    Path configFile() {
        return directory.resolve("dnsmasq.conf");
    }

    Path hostsFile() {
        return directory.resolve("dnsmasq.hosts");
    }

    Path localNamesFile() {
        return directory.resolve("dnsmasq.local-names");
    }

    Path dhcpHostsFile() {
        return directory.resolve("dnsmasq.dhcp-hosts");
    }

    /** All that dnsmasq reads and we write. */
    List<Path> filesToRead() {
        return servesDhcp()
                ? List.of(configFile(), localNamesFile(), hostsFile(), dhcpHostsFile())
                : List.of(configFile(), localNamesFile(), hostsFile());
    }

    boolean servesDhcp() {
        return mode == DhcpMode.FULL;
    }
}

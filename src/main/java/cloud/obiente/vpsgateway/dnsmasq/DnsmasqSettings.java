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
 * @param service what is served, and to whom
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
        Service service,
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

    /** What the child serves. */
    public enum Service {
        /** DHCP and DNS on the interface; needs CAP_NET_ADMIN. */
        DHCP_AND_DNS,
        /** DNS alone on the listen address; needs no privilege on a port above 1023. */
        DNS_ONLY
    }

    /** Which resolvers a VPS is told to ask. */
    public enum AdvertisedDns {
        GATEWAY_THEN_UPSTREAM,
        GATEWAY,
        UPSTREAM
    }

    /**
     * Addresses that are leased to clients without a reservation.
     *
     * @param addresses inside the subnet
     * @param leaseTime at least two minutes
     * @param segment whether others serve DHCP there
     */
    public record DynamicRange(Ipv4Range addresses, Duration leaseTime, Segment segment) {}

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
        return service == Service.DHCP_AND_DNS;
    }
}

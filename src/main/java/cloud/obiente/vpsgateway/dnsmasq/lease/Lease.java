package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * An address in the hands of a client, as dnsmasq has recorded it.
 *
 * @param hostname the name without domain; empty when dnsmasq knows none, or one that is not a DNS label
 * @param expires whole seconds; empty for a lease without end
 * @param clientId the identifier under which dnsmasq keeps the lease; empty when it goes by the MAC alone
 */
public record Lease(
        MacAddress mac,
        Ipv4Address address,
        Optional<DnsLabel> hostname,
        Optional<Instant> expires,
        Optional<ClientId> clientId) {

    /** A lease that goes by the MAC alone: the usual one, because our reservations say {@code id:*}. */
    public Lease(MacAddress mac, Ipv4Address address, Optional<DnsLabel> hostname, Optional<Instant> expires) {
        this(mac, address, hostname, expires, Optional.empty());
    }

    /** Whether dnsmasq still counts it: from its {@code expires} on it does not. */
    public boolean isLive(Instant now) {
        return expires.isEmpty() || now.isBefore(expires.get());
    }
}

package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Set;

/**
 * All that dnsmasq is to know about addresses.
 *
 * @param entries hosts that are served
 * @param withheld addresses that nobody may get by DHCP, though they are bound to no NIC; matters where unknown clients are
 *     served
 */
public record DnsmasqHosts(List<HostEntry> entries, Set<Ipv4Address> withheld) {
    public DnsmasqHosts {
        entries = List.copyOf(entries);
        withheld = Set.copyOf(withheld);
    }
}

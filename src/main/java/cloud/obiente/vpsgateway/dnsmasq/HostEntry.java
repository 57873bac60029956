package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/**
 * One host that dnsmasq serves.
 *
 * @param name resolves to the address, alone and within the domain; empty: the address has no name
 * @param address resolves back to the name
 * @param mac the NIC that gets the address over DHCP; empty: nobody gets it, only the name resolves
 */
public record HostEntry(Optional<DnsLabel> name, Ipv4Address address, Optional<MacAddress> mac) {}

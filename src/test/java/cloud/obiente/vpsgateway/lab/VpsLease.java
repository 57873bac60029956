package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a DHCP server gave a VPS, as its client understood it.
 *
 * @param address the VPS's address
 * @param subnet the network around it, from the mask given
 * @param routers the default routers, in the order given
 * @param dnsServers the resolvers, in the order given
 * @param domain the domain name given, or empty
 * @param leaseTime how long the address is lent
 * @param server who gave it
 */
public record VpsLease(
        Ipv4Address address,
        Subnet subnet,
        List<Ipv4Address> routers,
        List<Ipv4Address> dnsServers,
        String domain,
        Duration leaseTime,
        Ipv4Address server) {

    /** Reads the key=value lines that the lab's lease-event script writes; other lines are ignored. */
    static VpsLease parse(String text) {
        Map<String, String> fields = text.lines()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        Ipv4Address address = Ipv4Address.parse(fields.get("address"));
        return new VpsLease(
                address,
                Subnet.around(address, Subnet.parsePrefix(fields.get("mask"))),
                addresses(fields.get("router")),
                addresses(fields.get("dns")),
                fields.get("domain"),
                Duration.ofSeconds(Long.parseLong(fields.get("lease_seconds"))),
                Ipv4Address.parse(fields.get("server")));
    }

    private static List<Ipv4Address> addresses(String list) {
        return Stream.of(list.split(" "))
                .filter(text -> !text.isEmpty())
                .map(Ipv4Address::parse)
                .toList();
    }
}

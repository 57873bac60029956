package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The addresses that may be handed out: a range without the reserved ones. The one owner of range arithmetic.
 *
 * @param range first to last address, at most 2³¹-1 of them
 * @param reserved addresses that are never handed out, inside the range or not: network, broadcast, router, the gateway
 *     itself, resolvers
 */
public record AddressPool(Ipv4Range range, Set<Ipv4Address> reserved) {

    /** @throws IllegalArgumentException when the range is too large */
    public AddressPool {
        if (range.size() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "'" + range + "' has " + range.size() + " addresses (expected: at most " + Integer.MAX_VALUE + ")");
        }
        reserved = Set.copyOf(reserved);
    }

    /** A pool inside a subnet, whose network and broadcast addresses are reserved too (a /31 or /32 has none, RFC 3021). */
    public static AddressPool within(Subnet subnet, Ipv4Range range, Collection<Ipv4Address> reserved) {
        Set<Ipv4Address> all = new LinkedHashSet<>(reserved);
        if (!subnet.hosts().contains(subnet.network())) {
            all.add(subnet.network());
            all.add(subnet.broadcast());
        }
        return new AddressPool(range, all);
    }

    /** Whether the address may be handed out: in the range and not reserved. */
    public boolean contains(Ipv4Address address) {
        return range.contains(address) && !reserved.contains(address);
    }

    /** Number of addresses that may be handed out. */
    public int size() {
        return (int) (range.size() - reserved.stream().filter(range::contains).count());
    }
}

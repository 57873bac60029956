package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The addresses that may be handed out: a range without the reserved ones. The one owner of range arithmetic.
 *
 * @param range first to last address, at most 2³¹-1 of them
 * @param reserved addresses that are never handed out, inside the range or not: network, broadcast, router, the gateway
 *     itself as far as the configuration names it, resolvers
 * @param own addresses that this host has on the segment, as was learnt while it ran; never handed out either
 */
public record AddressPool(Ipv4Range range, Set<Ipv4Address> reserved, Set<Ipv4Address> own) {

    /** @throws IllegalArgumentException when the range is too large */
    public AddressPool {
        if (range.size() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "'" + range + "' has " + range.size() + " addresses (expected: at most " + Integer.MAX_VALUE + ")");
        }
        reserved = Set.copyOf(reserved);
        own = Set.copyOf(own);
    }

    /** A pool of a host of which no address is known but those reserved. */
    public AddressPool(Ipv4Range range, Set<Ipv4Address> reserved) {
        this(range, reserved, Set.of());
    }

    /** The same pool on a host that has these addresses now, and no others. */
    AddressPool withOwn(Set<Ipv4Address> addresses) {
        return new AddressPool(range, reserved, addresses);
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
        return range.contains(address) && !isReserved(address);
    }

    /** Whether the address is never handed out, inside the range or not. */
    public boolean isReserved(Ipv4Address address) {
        return reserved.contains(address) || own.contains(address);
    }

    /** Number of addresses that may be handed out. */
    public int size() {
        return (int) (range.size()
                - Stream.concat(reserved.stream(), own.stream())
                        .filter(range::contains)
                        .distinct()
                        .count());
    }
}

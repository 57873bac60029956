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
 * <p>Several gateways may have one pool in common. Each then chooses from its own share only; an address of another share is
 * given where the API names it, because the API knows what the other gateways hold, and stays where it is held already.
 *
 * @param range first to last address, at most 2³¹-1 of them
 * @param share the part of the range that this gateway chooses from; all of it where the pool is its own
 * @param reserved addresses that are never handed out, inside the range or not: network, broadcast, router, the gateway
 *     itself as far as the configuration names it, resolvers
 * @param own addresses that this host has on the segment, as was learnt while it ran; never handed out either
 */
public record AddressPool(Ipv4Range range, Ipv4Range share, Set<Ipv4Address> reserved, Set<Ipv4Address> own) {

    /** @throws IllegalArgumentException when the range is too large, or the share is no part of it */
    public AddressPool {
        if (range.size() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "'" + range + "' has " + range.size() + " addresses (expected: at most " + Integer.MAX_VALUE + ")");
        }
        if (!range.contains(share.first()) || !range.contains(share.last())) {
            throw new IllegalArgumentException(
                    "'" + share + "' is no part of the pool (expected: within " + range + ")");
        }
        reserved = Set.copyOf(reserved);
        own = Set.copyOf(own);
    }

    /** A pool of one gateway, on a host of which no address is known but those reserved. */
    public AddressPool(Ipv4Range range, Set<Ipv4Address> reserved) {
        this(range, range, reserved, Set.of());
    }

    /** A pool in common, on a host of which no address is known but those reserved. */
    public AddressPool(Ipv4Range range, Ipv4Range share, Set<Ipv4Address> reserved) {
        this(range, share, reserved, Set.of());
    }

    /** The same pool on a host that has these addresses now, and no others. */
    AddressPool withOwn(Set<Ipv4Address> addresses) {
        return new AddressPool(range, share, reserved, addresses);
    }

    /**
     * A pool inside a subnet, whose network and broadcast addresses are reserved too (a /31 or /32 has none, RFC 3021), on a
     * host of which no address is known but those reserved.
     */
    public static AddressPool within(
            Subnet subnet, Ipv4Range range, Ipv4Range share, Collection<Ipv4Address> reserved) {
        Set<Ipv4Address> all = new LinkedHashSet<>(reserved);
        if (!subnet.hosts().contains(subnet.network())) {
            all.add(subnet.network());
            all.add(subnet.broadcast());
        }
        return new AddressPool(range, share, all);
    }

    /** Whether a VPS may have the address: in the range and not reserved. Whoever names it gets it. */
    public boolean contains(Ipv4Address address) {
        return range.contains(address) && !isReserved(address);
    }

    /** Whether the gateway may choose the address by itself: in its share and not reserved. */
    public boolean isSelectable(Ipv4Address address) {
        return share.contains(address) && !isReserved(address);
    }

    /** Whether a VPS may have the address, but another gateway is the one to choose it. */
    public boolean isOfAnotherShare(Ipv4Address address) {
        return contains(address) && !share.contains(address);
    }

    /** For people: which addresses the gateway chooses from. */
    String describe() {
        return share.equals(range) ? "the pool " + range : "this gateway's share " + share + " of the pool " + range;
    }

    /** Whether the address is never handed out, inside the range or not. */
    public boolean isReserved(Ipv4Address address) {
        return reserved.contains(address) || own.contains(address);
    }

    /** Number of addresses that the gateway may choose from. */
    public int size() {
        return (int) (share.size()
                - Stream.concat(reserved.stream(), own.stream())
                        .filter(share::contains)
                        .distinct()
                        .count());
    }
}

package cloud.obiente.vpsgateway.net;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Addresses from first to last, both included.
 *
 * @param first lowest address
 * @param last highest address, not below {@code first}
 */
public record Ipv4Range(Ipv4Address first, Ipv4Address last) {

    /** @throws IllegalArgumentException when {@code last} is below {@code first} */
    public Ipv4Range {
        if (last.compareTo(first) < 0) {
            throw new IllegalArgumentException("'" + last + "' is below '" + first + "' (expected: first ≤ last)");
        }
    }

    public boolean contains(Ipv4Address address) {
        return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
    }

    /** The addresses of both; empty when there are none. */
    public Optional<Ipv4Range> intersection(Ipv4Range other) {
        Ipv4Address from = first.compareTo(other.first) < 0 ? other.first : first;
        Ipv4Address to = last.compareTo(other.last) < 0 ? last : other.last;
        return from.compareTo(to) <= 0 ? Optional.of(new Ipv4Range(from, to)) : Optional.empty();
    }

    /** Number of addresses; 1 to 2³². */
    public long size() {
        return (last.bits() & 0xffffffffL) - (first.bits() & 0xffffffffL) + 1;
    }

    /** All addresses, lowest first. */
    public Stream<Ipv4Address> stream() {
        return Stream.iterate(first, a -> a.plus(1)).limit(size());
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}

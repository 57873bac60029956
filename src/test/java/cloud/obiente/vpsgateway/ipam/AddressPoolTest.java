package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.ip;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AddressPoolTest {

    @Property(tries = 200)
    void sizeCountsExactlyWhatItContains(
            @ForAll int start,
            @ForAll @IntRange(max = 300) int extra,
            @ForAll @Size(max = 20) Set<@IntRange(min = -20, max = 320) Integer> reservedPlaces) {
        Ipv4Address first = new Ipv4Address(start);
        Ipv4Address last = first.plus(extra).compareTo(first) < 0 ? first : first.plus(extra);
        Set<Ipv4Address> reserved = reservedPlaces.stream().map(first::plus).collect(Collectors.toSet());
        AddressPool pool = new AddressPool(new Ipv4Range(first, last), reserved);

        Set<Ipv4Address> contained = new HashSet<>();
        for (int place = -30; place <= 330; place++) {
            if (pool.contains(first.plus(place))) {
                contained.add(first.plus(place));
            }
        }
        assertThat(contained)
                .hasSize(pool.size())
                .allMatch(address -> pool.range().contains(address) && !reserved.contains(address));
    }

    @Property(tries = 200)
    void aSharedPoolSelectsFromItsShareOnlyAndCountsWhatItSelects(
            @ForAll @IntRange(min = 1, max = 300) int size,
            @ForAll @IntRange(min = 1, max = 12) int parts,
            @ForAll @IntRange(min = 1, max = 12) int part,
            @ForAll @Size(max = 20) Set<@IntRange(min = -20, max = 320) Integer> reservedPlaces) {
        Assume.that(part <= parts && parts <= size);
        Ipv4Address first = ip("10.0.0.0");
        Ipv4Range range = new Ipv4Range(first, first.plus(size - 1));
        Ipv4Range share = new PoolShare(part, parts).of(range).orElseThrow();
        Set<Ipv4Address> reserved = reservedPlaces.stream().map(first::plus).collect(Collectors.toSet());
        AddressPool pool = new AddressPool(range, share, reserved);

        List<Ipv4Address> around =
                IntStream.rangeClosed(-30, 330).mapToObj(first::plus).toList();
        assertThat(around.stream().filter(pool::isSelectable))
                .hasSize(pool.size())
                .allMatch(address -> pool.contains(address) && share.contains(address))
                .noneMatch(pool::isOfAnotherShare);
        assertThat(around.stream().filter(pool::isOfAnotherShare))
                .allMatch(address -> pool.contains(address) && !share.contains(address));
        assertThat(around.stream().filter(pool::contains))
                .allMatch(address -> pool.isSelectable(address) || pool.isOfAnotherShare(address));
    }

    @Test
    void aShareOutsideOfThePoolIsRefused() {
        Ipv4Range range = new Ipv4Range(ip("10.0.0.5"), ip("10.0.0.9"));
        assertThatThrownBy(() -> new AddressPool(range, new Ipv4Range(ip("10.0.0.9"), ip("10.0.0.10")), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'10.0.0.9-10.0.0.10' is no part of the pool (expected: within 10.0.0.5-10.0.0.9)");
    }

    @Test
    void bothEndsBelongToIt() {
        AddressPool pool = pool("10.0.0.5", "10.0.0.7");
        assertThat(pool.size()).isEqualTo(3);
        assertThat(List.of("10.0.0.5", "10.0.0.7")).allMatch(text -> pool.contains(ip(text)));
        assertThat(List.of("10.0.0.4", "10.0.0.8")).noneMatch(text -> pool.contains(ip(text)));
    }

    @Test
    void aPoolOverAWholeSubnetLeavesOutItsEnds() {
        Subnet subnet = new Subnet(ip("10.0.0.0"), 24);
        Ipv4Range range = new Ipv4Range(ip("10.0.0.0"), ip("10.0.0.255"));
        AddressPool pool = AddressPool.within(subnet, range, range, List.of(ip("10.0.0.1"), ip("1.1.1.1")));
        assertThat(pool.size()).isEqualTo(253);
        assertThat(List.of("10.0.0.0", "10.0.0.1", "10.0.0.255")).noneMatch(text -> pool.contains(ip(text)));
    }

    @Test
    void bothAddressesOfAPointToPointSubnetAreUsable() {
        Subnet subnet = new Subnet(ip("10.0.0.4"), 31);
        Ipv4Range range = new Ipv4Range(ip("10.0.0.4"), ip("10.0.0.5"));
        assertThat(AddressPool.within(subnet, range, range, List.of()).size()).isEqualTo(2);
    }

    @Test
    void aRangeBeyondCountingIsRefused() {
        assertThatThrownBy(() -> pool("0.0.0.0", "255.255.255.255"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.0.0.0-255.255.255.255");
    }
}

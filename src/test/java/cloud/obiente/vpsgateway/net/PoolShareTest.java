package cloud.obiente.vpsgateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolShareTest {
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.255.255.0");

    @Property(tries = 500)
    void theSharesOfAPoolFollowEachOtherCoverItAndDifferByOneAddressAtMost(
            @ForAll int start,
            @ForAll @IntRange(min = 1, max = 65_536) int size,
            @ForAll @IntRange(min = 1, max = 300) int parts) {
        Assume.that(parts <= size && (start & 0xffff_ffffL) + size <= 1L << 32);
        Ipv4Range pool = new Ipv4Range(new Ipv4Address(start), new Ipv4Address(start + size - 1));
        List<Ipv4Range> shares = IntStream.rangeClosed(1, parts)
                .mapToObj(part -> new PoolShare(part, parts).of(pool).orElseThrow())
                .toList();

        assertThat(shares.get(0).first()).isEqualTo(pool.first());
        assertThat(shares.get(parts - 1).last()).isEqualTo(pool.last());
        for (int next = 1; next < parts; next++) {
            assertThat(shares.get(next).first())
                    .isEqualTo(shares.get(next - 1).last().plus(1));
        }
        long smallest = shares.stream().mapToLong(Ipv4Range::size).min().orElseThrow();
        long largest = shares.stream().mapToLong(Ipv4Range::size).max().orElseThrow();
        assertThat(largest - smallest).isBetween(0L, 1L);
    }

    @Test
    void aRemainderIsSpread() {
        Ipv4Range pool = new Ipv4Range(FIRST, FIRST.plus(9));
        assertThat(IntStream.rangeClosed(1, 3)
                        .mapToObj(part -> PoolShare.parse(part + "/3").of(pool).orElseThrow())
                        .map(Ipv4Range::toString))
                .containsExactly("10.255.255.0-10.255.255.2", "10.255.255.3-10.255.255.5", "10.255.255.6-10.255.255.9");
    }

    @Test
    void aPoolIsNotDividedIntoMorePartsThanAddresses() {
        Ipv4Range pool = new Ipv4Range(FIRST, FIRST.plus(1));
        assertThat(new PoolShare(2, 2).of(pool)).contains(new Ipv4Range(FIRST.plus(1), FIRST.plus(1)));
        assertThat(new PoolShare(2, 3).of(pool)).isEmpty();
    }

    @Test
    void theWholeIsTheOnlyPart() {
        assertThat(PoolShare.parse("1/1")).isEqualTo(PoolShare.WHOLE);
        assertThat(PoolShare.WHOLE.isWhole()).isTrue();
        assertThat(PoolShare.parse("1/2").isWhole()).isFalse();
        assertThat(PoolShare.parse("02/3")).hasToString("2/3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "/",
                "2/",
                "/3",
                "0/3",
                "4/3",
                "0/0",
                "-1/3",
                "1/-3",
                "1.5/3",
                "2/3/4",
                "2 / 3",
                "123456/123456",
                "١/٣"
            })
    void whatIsNoPartIsNotRead(String text) {
        assertThatThrownBy(() -> PoolShare.parse(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("'" + text + "' is not valid (expected: a part and how many there are, such as 2/3 for the"
                        + " second of three equal parts)");
    }

    @Test
    void thereIsNoPartBeyondTheLast() {
        assertThatThrownBy(() -> new PoolShare(4, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'4/3' is no part (expected: 1/3 to 3/3)");
    }
}

package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayBeaconTest {
    private static final int VERSION = 4;
    private static final int POOL_FIRST = 13;
    private static final int POOL_LAST = 17;
    private static final int PART = 21;
    private static final int PARTS = 25;
    private static final int NAME_LENGTH = 29;
    private static final int NAME = 30;

    private static final GatewayBeacon BEACON = new GatewayBeacon(
            42,
            new DnsLabel("pve-2"),
            new Ipv4Range(Ipv4Address.parse("10.15.3.20"), Ipv4Address.parse("10.15.3.199")),
            new PoolShare(2, 3));

    @Property(tries = 200)
    void everyBeaconSurvivesItsBytes(
            @ForAll long instance,
            @ForAll int first,
            @ForAll @IntRange(min = 1, max = 65_536) int size,
            @ForAll @IntRange(min = 1, max = 65_536) int parts,
            @ForAll @IntRange(min = 1, max = 65_536) int part,
            @ForAll @IntRange(min = 1, max = 63) int name) {
        Assume.that((first & 0xffff_ffffL) + size <= 1L << 32);
        int divided = Math.min(parts, size);
        GatewayBeacon beacon = new GatewayBeacon(
                instance,
                new DnsLabel("n".repeat(name)),
                new Ipv4Range(new Ipv4Address(first), new Ipv4Address(first).plus(size - 1)),
                new PoolShare(1 + part % divided, divided));
        assertThat(GatewayBeacon.parse(beacon.encode())).contains(beacon);
    }

    @Property(tries = 300)
    void anyBytesAreABeaconOrNone(@ForAll @Size(max = 80) byte[] bytes, @ForAll @IntRange(max = 36) int kept) {
        byte[] datagram = new byte[kept + bytes.length];
        byte[] good = bytes(BEACON);
        System.arraycopy(good, 0, datagram, 0, Math.min(kept, good.length));
        System.arraycopy(bytes, 0, datagram, kept, bytes.length);
        GatewayBeacon.parse(ByteBuffer.wrap(datagram))
                .ifPresent(beacon ->
                        assertThat(beacon.pool().intersection(beacon.part())).contains(beacon.part()));
    }

    @Test
    void whatIsCutShortIsNone() {
        byte[] good = bytes(BEACON);
        for (int length = 0; length < good.length; length++) {
            assertThat(GatewayBeacon.parse(ByteBuffer.wrap(good, 0, length)))
                    .as("%d bytes", length)
                    .isEmpty();
        }
    }

    @Test
    void laterVersionsMayAppend() {
        byte[] good = bytes(BEACON);
        assertThat(GatewayBeacon.parse(ByteBuffer.wrap(Arrays.copyOf(good, good.length + 9))))
                .contains(BEACON);
        assertThat(parsedWith(VERSION, 2))
                .as("but a new form is another version")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        POOL_FIRST + ", 11, the pool too large",
        POOL_LAST + ", 9, the pool the wrong way round",
        (PART + 3) + ", 0, a part before the first",
        (PART + 3) + ", 4, a part after the last",
        PART + ", -1, a negative part",
        (PARTS + 2) + ", 1, more parts than addresses",
        NAME_LENGTH + ", 0, no name",
        NAME_LENGTH + ", -1, a name longer than the datagram",
        NAME + ", 10, a line feed",
        NAME + ", 27, an escape",
        (NAME + 4) + ", 45, a hyphen at the end",
        NAME + ", -28, no ASCII"
    })
    void whatNoGatewayCanHaveIsNone(int place, byte value, String what) {
        assertThat(parsedWith(place, value)).as(what).isEmpty();
    }

    private static java.util.Optional<GatewayBeacon> parsedWith(int place, int value) {
        byte[] changed = bytes(BEACON);
        changed[place] = (byte) value;
        return GatewayBeacon.parse(ByteBuffer.wrap(changed));
    }

    private static byte[] bytes(GatewayBeacon beacon) {
        ByteBuffer encoded = beacon.encode();
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }
}

package cloud.obiente.vpsgateway.attack;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The frames are what the RFCs say; what the attacks prove depends on it. */
class FrameTest {
    private static final MacAddress NIC = MacAddress.parse("02:00:00:00:00:66");
    private static final Ipv4Address SOURCE = Ipv4Address.parse("192.168.0.1");
    private static final Ipv4Address DESTINATION = Ipv4Address.parse("192.168.0.199");

    /** RFC 1071, on a header whose checksum is known from elsewhere. */
    @Test
    void theChecksumOfAHeaderThatCarriesItIsZero() {
        byte[] header = HexFormat.of().parseHex("450000730000400040110000c0a80001c0a800c7");

        assertThat(HexFormat.of().formatHex(Octets.withChecksum(header, 10)))
                .isEqualTo("4500007300004000" + "4011b861" + "c0a80001c0a800c7");
        assertThat(Octets.checksum(Octets.withChecksum(header, 10))).isZero();
    }

    @Test
    void anArpReplyIsTheOneOfTheRfcWithTheMarkInItsPadding() {
        byte[] mark = Mark.next().octets();

        Frame reply = ArpMessage.reply(NIC, SOURCE, new byte[6], DESTINATION).in(NIC, Frame.BROADCAST, mark);

        assertThat(reply.hex())
                .isEqualTo("ffffffffffff" + "020000000066" + "0806"
                        + "0001" + "0800" + "06" + "04" + "0002"
                        + "020000000066" + "c0a80001" + "000000000000" + "c0a800c7"
                        + HexFormat.of().formatHex(mark) + "00".repeat(6));
    }

    @Test
    void fragmentsTogetherCarryThePayload() {
        byte[] data = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

        List<Ipv4Packet> fragments =
                Ipv4Packet.udp(SOURCE, 1, DESTINATION, 2, data).splitAt(8);

        assertThat(fragments).extracting(Ipv4Packet::offset).containsExactly(0, 8);
        assertThat(fragments).extracting(Ipv4Packet::more).containsExactly(true, false);
        assertThat(fragments.get(1).payload()).isEqualTo(data);
        // "More fragments" and an offset in units of eight octets (RFC 791, section 3.1).
        assertThat(HexFormat.of().formatHex(fragments.get(0).octets(), 6, 8)).isEqualTo("2000");
        assertThat(HexFormat.of().formatHex(fragments.get(1).octets(), 6, 8)).isEqualTo("0001");
    }

    @Test
    void aTagStandsBetweenTheNicsAndTheEtherType() {
        Frame frame = Ipv4Packet.udp(SOURCE, 1, DESTINATION, 2, new byte[0]).in(NIC, Frame.BROADCAST);

        assertThat(frame.tagged(Frame.C_TAG, 5).hex())
                .startsWith("ffffffffffff" + "020000000066" + "8100a005" + "0800");
    }

    @ParameterizedTest
    @EnumSource
    void everyAttackCarriesItsMark(Scene.Layout layout) {
        Mark mark = Mark.next();
        String expected = HexFormat.of().formatHex(mark.octets());

        assertThat(Attack.in(layout)).hasSizeGreaterThan(25).allSatisfy(attack -> assertThat(
                        attack.frames().apply(mark.octets()))
                .anySatisfy(frame -> assertThat(frame.hex()).contains(expected)));
    }
}

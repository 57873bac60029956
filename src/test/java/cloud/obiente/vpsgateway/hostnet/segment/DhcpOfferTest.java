package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DhcpOfferTest {
    private static final MacAddress MAC = MacAddress.parse("0a:76:70:00:00:01");
    private static final Ipv4Address SENDER = Ipv4Address.parse("10.15.3.8");
    private static final Ipv4Address SERVER = Ipv4Address.parse("10.15.3.9");
    private static final Ipv4Address OFFERED = Ipv4Address.parse("10.15.3.77");
    private static final byte[] SERVER_ID = {54, 4, 10, 15, 3, 9};
    private static final byte[] OFFER = {53, 1, 2};

    @Test
    void anOfferNamesItsServerAndTheAddress() {
        assertThat(parse(answer(OFFER, SERVER_ID))).contains(new DhcpOffer(SERVER, OFFERED));
        assertThat(parse(answer(new byte[] {0, 0, 12, 0}, SERVER_ID, OFFER))).contains(new DhcpOffer(SERVER, OFFERED));
    }

    @Test
    void aServerWithoutIdentifierIsItsSender() {
        assertThat(parse(answer(OFFER))).contains(new DhcpOffer(SENDER, OFFERED));
    }

    @Test
    void whatAnswersSomebodyElseOrIsNoOfferIsNone() {
        assertThat(parse(answer(new byte[] {53, 1, 6}, SERVER_ID))).isEmpty();
        assertThat(parse(answer(OFFER, SERVER_ID).put(0, (byte) 1))).isEmpty();
        assertThat(parse(answer(OFFER, SERVER_ID).putInt(4, 8))).isEmpty();
        assertThat(parse(answer(OFFER, SERVER_ID).put(33, (byte) 2))).isEmpty();
        assertThat(parse(DhcpOffer.discover(MAC, 7))).isEmpty();
    }

    @Test
    void whateverComesIsRead() {
        byte[] whole = new byte[300];
        answer(OFFER, SERVER_ID).get(whole);
        for (int length = 0; length < whole.length; length++) {
            assertThat(parse(ByteBuffer.wrap(whole, 0, length).slice()).isPresent())
                    .as("cut to %d bytes", length)
                    .isEqualTo(length >= 250);
        }
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] garbled = whole.clone();
            garbled[240 + random.nextInt(12)] = (byte) random.nextInt();
            garbled[240 + random.nextInt(60)] = (byte) random.nextInt();
            parse(ByteBuffer.wrap(garbled))
                    .ifPresent(offer -> assertThat(offer.offered()).isEqualTo(OFFERED));
        }
    }

    private static java.util.Optional<DhcpOffer> parse(ByteBuffer message) {
        return DhcpOffer.parse(message, MAC, 7, SENDER);
    }

    private static ByteBuffer answer(byte[]... options) {
        ByteBuffer message = DhcpOffer.discover(MAC, 7);
        message.put(0, (byte) 2).put(16, OFFERED.octets());
        message.position(240);
        for (byte[] option : options) {
            message.put(option);
        }
        message.put((byte) 255);
        return message.clear();
    }
}

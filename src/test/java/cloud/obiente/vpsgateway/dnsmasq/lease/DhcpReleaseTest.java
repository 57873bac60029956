package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DhcpReleaseTest {
    private static final Ipv4Address SERVER = Ipv4Address.parse("10.15.3.1");

    @Test
    void packetIsTheOneOfTheRfc() {
        byte[] packet = new DhcpRelease(lease(Optional.empty()), SERVER).encode(0x01020304);

        assertThat(HexFormat.of().formatHex(packet))
                .isEqualTo("01010600" + "01020304" // op, htype, hlen, hops; xid
                        + "00000000" + "0a0f0314" // secs, flags; ciaddr
                        + "00".repeat(12) // yiaddr, siaddr, giaddr
                        + "02000000000a" + "00".repeat(10) // chaddr
                        + "00".repeat(64 + 128) // sname, file
                        + "63825363" + "350107" + "36040a0f0301" + "ff"
                        + "00".repeat(50));
    }

    @Test
    void clientThatGaveAnIdentifierIsNamedByIt() {
        byte[] packet = new DhcpRelease(lease(Optional.of(new ClientId("01:02:ff"))), SERVER).encode(0);

        assertThat(HexFormat.of().formatHex(packet)).contains("36040a0f0301" + "3d030102ff" + "ff00");
    }

    @Test
    void longestIdentifierFits() {
        ClientId longest = new ClientId("aa" + ":aa".repeat(254));

        byte[] packet = new DhcpRelease(lease(Optional.of(longest)), SERVER).encode(0);

        assertThat(HexFormat.of().formatHex(packet)).endsWith("3dff" + "aa".repeat(255) + "ff");
    }

    private static Lease lease(Optional<ClientId> clientId) {
        return new Lease(
                MacAddress.parse("02:00:00:00:00:0a"),
                Ipv4Address.parse("10.15.3.20"),
                Optional.empty(),
                Optional.empty(),
                clientId);
    }
}

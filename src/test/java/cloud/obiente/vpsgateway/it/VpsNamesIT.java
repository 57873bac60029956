package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.FakeUpstream;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of VPSs are this gateway's to answer, whatever is asked of them, however, and whoever else has been asked. */
class VpsNamesIT extends OneGateway {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final FakeUpstream UPSTREAM = new FakeUpstream();

    VpsNamesIT() {
        super(World.create("names").with("GATEWAY_DHCP_DNS", FakeUpstream.ADDRESS + ",10.15.3.1"));
    }

    @AfterAll
    static void stopUpstream() {
        UPSTREAM.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "AAAA", "HTTPS", "SVCB", "MX", "TXT", "NS", "SRV"})
    void everyTypeOfABareNameIsAnsweredHere(String type) {
        api.allocate("vps-1", MAC);

        assertThat(dig("vps-1", type)).contains("status: NOERROR").doesNotContain("AUTHORITY: 1");
        assertThat(dig("vps-1.vps.local", type)).contains("status: NOERROR");

        assertThat(UPSTREAM.asked()).noneMatch(name -> name.startsWith("vps-1."));
    }

    @Test
    void topLevelDomainsAreAskedUpstream() {
        api.allocate("com", MAC);
        dig("com", "DS");
        dig("www.example.com", "MX");

        assertThat(UPSTREAM.asked()).contains("com.", "www.example.com.");
    }

    @Test
    void theHostItselfCanAskOnLoopback() {
        Ipv4Address address = api.allocate("vps-1", MAC);

        assertThat(Command.run(List.of("nslookup", "vps-1", "127.0.0.1"))).contains("Address: " + address);
        assertThat(Command.run(List.of("ss", "-lnH", "( sport = :53 or sport = :67 )")))
                .contains("127.0.0.1:53")
                .contains("eth0:67")
                .doesNotContain("[::1]:53");
    }

    @Test
    void afterAReleaseNoOpenConnectionAnswersTheOldAddress() throws Exception {
        // Given
        api.allocate("vps-1", MAC);
        try (Socket open = new Socket(InetAddress.getByAddress(Lab.GATEWAY.octets()), 53)) {
            open.setSoTimeout(10_000);
            assertThat(answersOverTcp(open)).isEqualTo(1);

            // When
            api.release("vps-1");

            // Then
            await().atMost(Duration.ofSeconds(10)).until(ended(open));
        }
    }

    @Test
    void anUpstreamThatIsTheGatewayItselfIsSaid() {
        await().untilAsserted(
                        () -> assertThat(world.gateway().get("/health/ready").asString())
                                .contains("dns upstream")
                                .containsPattern("\"127\\.0\\.0\\.2\": ?\"answers\"")
                                .containsPattern("\"10\\.15\\.3\\.1\": ?\"is this gateway itself"));
        assertThat(world.metric("vps_gateway_dns_upstreams_failing")).isEqualTo(1);
    }

    /** Whether the connection gives no address any more: it is closed, or knows no such name. */
    private static Callable<Boolean> ended(Socket open) {
        return () -> {
            try {
                return answersOverTcp(open) == 0;
            } catch (IOException closed) {
                return true;
            }
        };
    }

    private static int answersOverTcp(Socket connection) throws IOException {
        byte[] question = {
            0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 'v', 'p', 's', '-', '1', 3, 'v', 'p', 's', 5, 'l', 'o', 'c', 'a',
            'l', 0, 0, 1, 0, 1
        };
        DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        out.writeShort(question.length);
        out.write(question);
        out.flush();
        DataInputStream in = new DataInputStream(connection.getInputStream());
        byte[] answer = in.readNBytes(in.readUnsignedShort());
        return answer[7];
    }

    private static String dig(String name, String type) {
        return Command.run(
                List.of("dig", "+noall", "+comments", "+answer", "+time=5", "+tries=3", "@" + Lab.GATEWAY, name, type));
    }
}

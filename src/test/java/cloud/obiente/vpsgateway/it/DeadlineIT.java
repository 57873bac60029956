package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway itself keeps the time that a caller states, without the caller's client doing so too. */
class DeadlineIT extends OneGateway {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    private final Curl curl = new Curl("deadline-files");

    DeadlineIT() {
        super(World.create("deadline"));
    }

    @Test
    void aCallWhoseTimeIsUpIsAnsweredSo() {
        // Given: first calls take longer than others, and this one has to be decided in its time
        curl.post("ListIPs", "{}");
        api.allocate("first", OTHER_MAC);
        ProcessHandle dnsmasq = world.dnsmasq();
        Programs.freeze(dnsmasq);
        try {
            // When: the gateway would replace dnsmasq after some four seconds, and the call would be answered
            Curl.Answer late = curl.post(
                    "AllocateIP",
                    "{\"vpsId\":\"vps-1\",\"macAddress\":\"" + MAC + "\"}",
                    "--header",
                    "connect-timeout-ms: 3000");

            // Then
            late.assertRefused(504, "deadline_exceeded");
        } finally {
            Programs.thaw(dnsmasq);
        }
        await("what was decided is served")
                .until(() -> world.assertEverythingAgrees().size() == 2);
    }

    /** Nobody waits for an answer about it any more, so a list is the newest word about it. */
    @Test
    void aVpsWhoseCallerHasGoneAwayIsSyncedLikeEveryOther() {
        // Given
        ProcessHandle dnsmasq = world.dnsmasq();
        Programs.freeze(dnsmasq);
        try {
            curl.post("AllocateIP", "{\"vpsId\":\"vps-1\"}", "--header", "connect-timeout-ms: 300")
                    .assertRefused(504, "deadline_exceeded");
        } finally {
            Programs.thaw(dnsmasq);
        }
        Holding elsewhere = new Holding("vps-1", Ipv4Address.parse("10.15.3.77"), MAC);

        // Then
        await("the work that nobody waits for ends").untilAsserted(() -> {
            api.bind(elsewhere.vps(), elsewhere.mac(), elsewhere.address());
            assertThat(world.resolve("vps-1")).containsExactly(elsewhere.address());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "1.5", "99999999999"})
    void whatIsNoTimeIsAnInvalidArgument(String timeout) {
        curl.post("ListIPs", "{}", "--header", "connect-timeout-ms: " + timeout).assertRefused(400, "invalid_argument");
    }

    @ParameterizedTest
    @CsvSource({
        "application/connect+proto, connect-timeout-ms, 6000",
        "application/grpc, grpc-timeout, 6000m",
        "application/grpc-web, grpc-timeout, 6000m"
    })
    void aStreamWhoseTimeIsUpEndsAndSoDoItsConnections(String type, String header, String timeout) {
        // Given
        api.allocate("vps-1", MAC);
        Vps vps = world.lab().vpsWithSshd("vps-1", MAC);
        assertThat(vps.udhcpcOnce()).isPresent();
        byte[] connect = envelope(ProxySSHRequest.newBuilder()
                .setConnectionId("c")
                .setType("connect")
                .setTarget("vps-1")
                .build()
                .toByteArray());

        // When
        try (OpenRequest request = new OpenRequest()) {
            OpenRequest.Ended ended = request.send("ProxySSH", connect, Map.of("content-type", type, header, timeout));

            // Then
            assertThat(ended.status()).isEqualTo(200);
            assertThat(ended.body()).contains("connected", "SSH-2.0-");
            assertThat(ended.body() + ended.trailers()).containsPattern("deadline_exceeded|grpc-status[:=] ?4");
            await().untilAsserted(() -> assertThat(world.metric("vps_gateway_ssh_proxy_connections_active"))
                    .isZero());
        } finally {
            vps.destroy();
        }
    }

    private static byte[] envelope(byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }
}

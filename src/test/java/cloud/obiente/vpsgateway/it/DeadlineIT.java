package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway itself keeps the time that a caller states, without the caller's client doing so too. */
class DeadlineIT extends OneGateway {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final Curl curl = new Curl("deadline-files");

    DeadlineIT() {
        super(World.create("deadline"));
    }

    @Test
    void aCallWhoseTimeIsUpIsAnsweredSo() {
        // Given
        ProcessHandle dnsmasq = world.dnsmasq();
        Programs.freeze(dnsmasq);
        try {
            // When
            Curl.Answer late = curl.post(
                    "AllocateIP",
                    "{\"vpsId\":\"vps-1\",\"macAddress\":\"" + MAC + "\"}",
                    "--header",
                    "connect-timeout-ms: 2000");

            // Then
            late.assertRefused(504, "deadline_exceeded");
        } finally {
            Command.run(List.of("kill", "-CONT", String.valueOf(dnsmasq.pid())));
        }
        await("what was decided is served")
                .until(() -> world.assertEverythingAgrees().size() == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "1.5", "99999999999"})
    void whatIsNoTimeIsAnInvalidArgument(String timeout) {
        curl.post("ListIPs", "{}", "--header", "connect-timeout-ms: " + timeout).assertRefused(400, "invalid_argument");
    }

    @ParameterizedTest
    @CsvSource({
        "application/connect+proto, connect-timeout-ms, 5000",
        "application/grpc, grpc-timeout, 5000m",
        "application/grpc-web, grpc-timeout, 5000m"
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

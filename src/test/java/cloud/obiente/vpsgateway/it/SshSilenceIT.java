package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ConnectClient;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * No timer or limit of the HTTP server ends a session, however they are set. Here all of them are so short that any that
 * took effect would show at once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshSilenceIT {
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final int PINGS_TOO_MANY = 3;
    private static final Duration PING_INTERVAL = Duration.ofMillis(100);

    private final World world = World.create("ssh-silence")
            .withFakeVpss()
            .with("QUARKUS_HTTP_IDLE_TIMEOUT", "1S")
            .with("QUARKUS_HTTP_READ_TIMEOUT", "1S")
            .with("QUARKUS_HTTP_LIMITS_MAX_BODY_SIZE", "1K")
            .with("QUARKUS_GRPC_SERVER_KEEP_ALIVE_TIME", "1S")
            .with("QUARKUS_GRPC_SERVER_PERMIT_KEEP_ALIVE_TIME", "1H");
    private final FakeVps echo = FakeVps.echo();

    @BeforeAll
    void start() {
        world.start();
    }

    @AfterAll
    void stop() {
        echo.close();
        world.close();
    }

    @Test
    void aSilentSessionStays() {
        try (ProxyClient client = world.proxyClient()) {
            assertStays(client.stream(), SILENCE);
        }
    }

    @Test
    void aSilentSessionOverConnectStays() {
        try (ProxyClient client = world.connectProxyClient()) {
            assertStays(client.stream(), SILENCE);
        }
    }

    @Test
    void aSessionMayBeLargerThanABody() {
        byte[] sent = new byte[4 << 20];
        Arrays.fill(sent, (byte) 'x');
        try (ProxyClient client = world.proxyClient()) {
            ProxyStream stream = client.stream().connect("a", echo.port());
            assertThat(stream.next()).isEqualTo("a connected");
            for (int from = 0; from < sent.length; from += 32 << 10) {
                stream.data("a", Arrays.copyOfRange(sent, from, from + (32 << 10)));
            }
            assertThat(stream.bytes("a", sent.length)).isEqualTo(sent);
        }
    }

    /** gRPC's own server would end such a connection at the third ping. */
    @Test
    void aClientThatPingsAllTheTimeIsTolerated() {
        URI gateway = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
        try (ConnectClient connection = new ConnectClient(gateway, GatewayProcess.SECRET);
                ProxyClient client = ProxyClient.grpcBy(connection)) {
            connection.pingEvery(PING_INTERVAL);
            assertStays(client.stream(), SILENCE);
            assertThat(connection.pongs()).isGreaterThan(PINGS_TOO_MANY);
        }
    }

    private void assertStays(ProxyStream stream, Duration silence) {
        stream.connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a connected");
        await().during(silence)
                .atMost(silence.plusSeconds(60))
                .until(() -> !stream.hasEnded() && !stream.hasMessages());
        stream.data("a", "still here");
        assertThat(stream.next()).isEqualTo("a data still here");
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each SSH session comes on a connection of its own, which its caller never closes. */
class ForgottenConnectionsIT {
    private static final int PLACES = 256;
    private static final int LIVE = 50;
    private static final int SESSIONS = 1_500;
    private static final String OPEN = "vps_gateway_connections{port=\"grpc\"}";
    private static final String EVICTED = "vps_gateway_connections_ended_total{port=\"grpc\",reason=\"evicted\"}";
    private static final String TIMED_OUT = "vps_gateway_connections_ended_total{port=\"%s\",reason=\"idle\"}";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final World world = World.create("forgotten-connections")
            .withFakeVpss()
            .with("GATEWAY_GRPC_MAX_CONNECTIONS", String.valueOf(PLACES))
            .with("GATEWAY_GRPC_IDLE_TIMEOUT", "20s");
    /** Descriptors that it opens for other things meanwhile; connections that are left would be hundreds. */
    private static final int BESIDES = 8;

    private final FakeVps echo = FakeVps.echo();
    private final List<LonelySession> sessions = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (LonelySession session : sessions) {
            session.close();
        }
        echo.close();
        world.close();
    }

    @Test
    void theyEndAndThoseThatAreInUseDoNot() throws IOException {
        // Given
        world.start();
        List<LonelySession> live = new ArrayList<>();
        for (int i = 0; i < LIVE; i++) {
            live.add(session());
        }
        long descriptors = world.gateway().descriptors();

        // When
        for (int i = 0; i < SESSIONS; i++) {
            session().finish();
        }

        // Then
        assertThat(world.metric(OPEN)).isLessThanOrEqualTo(PLACES);
        assertThat(world.metric(EVICTED)).isGreaterThan(SESSIONS - PLACES);
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(world.metric(OPEN)).isEqualTo(LIVE));
        assertThat(world.metric(TIMED_OUT.formatted("grpc"))).isPositive();
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(world.gateway().descriptors())
                .isLessThanOrEqualTo(descriptors + BESIDES));
        for (LonelySession session : live) {
            session.echo();
        }
        assertThat(world.gateway().output()).doesNotContain("OutOfMemory");
    }

    @Test
    void whoSaysNothingToTheManagementPortMakesPlace() throws IOException {
        world.start();
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), GatewayProcess.METRICS_PORT));
            }
            assertThat(world.gateway().isReady()).isTrue();
            assertThat(world.metric("vps_gateway_connections{port=\"management\"}"))
                    .isBetween(1.0, 72.0);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private LonelySession session() throws IOException {
        LonelySession session = LonelySession.open(echo.port());
        sessions.add(session);
        return session;
    }
}

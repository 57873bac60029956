package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SIGTERM while the gateway starts: it ends in good order whatever it was about to do, and the next one starts. */
class SigtermIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final World world = World.create("sigterm");

    @AfterEach
    void stop() {
        world.close();
    }

    /** What can be seen of a start from outside, in its order. */
    @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
    enum Moment {
        STATE_DIRECTORY_LOCKED(world -> Files.exists(world.files().directory().resolve("gateway.lock"))),
        ALLOCATIONS_OPENED(world -> Files.exists(world.files().databaseFile())),
        STARTING(world -> said(world, "[GatewayServer] Starting gRPC server on :1537")),
        DNSMASQ_CONFIGURED(world -> Files.exists(world.files().directory().resolve("dnsmasq.conf"))),
        DNSMASQ_STARTED(world -> !Programs.dnsmasqsOf(world.files()).isEmpty()),
        API_PORT_OPEN(world -> isOpen(GatewayProcess.GRPC_PORT)),
        METRICS_PORT_OPEN(world -> isOpen(GatewayProcess.METRICS_PORT)),
        STARTED(world -> said(world, "[GatewayServer] Gateway server started")),
        READY(world -> world.gateway().isReady());

        private final Predicate<World> reached;

        Moment(Predicate<World> reached) {
            this.reached = reached;
        }

        private static boolean said(World world, String line) {
            return world.gateway().output().contains(line);
        }

        private static boolean isOpen(int port) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException closed) {
                return false;
            }
        }

        void await(World world) {
            org.awaitility.Awaitility.await(name())
                    .atMost(GatewayProcess.STARTING)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> reached.test(world));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theStartIsEndedInGoodOrderAtAnyMoment(Moment moment) {
        // Given
        world.launch();
        moment.await(world);

        // When
        int exitCode = world.gateway().terminate();

        // Then
        assertThat(exitCode).as(world.gateway().output()).isZero();
        assertThat(world.gateway().output()).contains("[GatewayServer] Stopped");
        assertNothingIsLeft();
    }

    /** Before there is any of our code, it is the JVM that answers, in its own way. */
    @Test
    void aProcessThatHasJustBeenMadeLeavesNothing() {
        // Given
        world.launch();

        // When
        int exitCode = world.gateway().terminate();

        // Then
        assertThat(exitCode).isIn(0, 143);
        assertNothingIsLeft();
    }

    /** Service managers that lose patience repeat themselves. */
    @Test
    void askedTwiceItStopsOnce() {
        // Given
        world.launch();
        Moment.DNSMASQ_STARTED.await(world);
        ProcessHandle process = ProcessHandle.of(world.gateway().pid()).orElseThrow();

        // When
        process.destroy();
        await().until(() -> Moment.said(world, "Shutting down: letting SSH connections end"));
        int exitCode = world.gateway().terminate();

        // Then
        assertThat(exitCode).isZero();
        assertThat(world.gateway().output()).containsOnlyOnce("Shutting down: letting SSH connections end");
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        await().until(() -> Programs.dnsmasqsOf(world.files()).isEmpty());
        assertThat(Complaints.in(world.gateway().output())).isEmpty();
        world.start();
        world.api().allocate("vps-1", MAC);
        assertThat(world.assertEverythingAgrees()).hasSize(1);
        assertThat(world.gateway().terminate()).isZero();
    }
}

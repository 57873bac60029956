package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Start and end of the gateway, in every way an end can come. */
class LifecycleIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final Duration SHUTDOWN = Duration.ofSeconds(30);
    private static final String FINISHING = "[GatewayServer] Shutting down: finishing calls in flight";

    private final World world = World.create("lifecycle");

    @AfterEach
    void stop() {
        world.close();
    }

    @Tag("smoke")
    @Test
    void sigtermEndsItInGoodOrder() {
        // Given
        world.start();
        world.api().allocate("vps-1", MAC);
        List<ProcessHandle> children = world.gateway().children();
        assertThat(children).isNotEmpty();

        // When
        sigterm();
        int exitCode = awaitEnd();

        // Then
        assertThat(exitCode).isZero();
        await("the shell that sends signals ends with its input")
                .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(world.gateway().output()).contains(FINISHING, "[GatewayServer] Stopped");
    }

    @Test
    void aCallInFlightIsFinishedBeforeTheEnd() {
        // Given a call that waits for dnsmasq, for five seconds at most; the first of all would need some of them
        // itself
        world.start();
        world.api().allocate("first", OTHER_MAC);
        List<ProcessHandle> children = world.gateway().children();
        Programs.freeze(world.dnsmasq());
        int frozen = world.gateway().output().length();
        CompletableFuture<Ipv4Address> inFlight =
                Background.supply("caller", () -> world.api().allocate("vps-1", MAC));
        await().pollInterval(OFTEN).until(() -> world.listed().size() == 2);

        // When
        sigterm();
        int exitCode = awaitEnd();

        // Then
        String said = world.gateway().output().substring(frozen);
        assertThat(said).contains(FINISHING);
        assertThat(said.substring(0, said.indexOf(FINISHING)))
                .as("said before calls in flight were waited for")
                .doesNotContain("answered before it was confirmed", "serves DHCP");
        assertThat(inFlight).succeedsWithin(SHUTDOWN).isEqualTo(Ipv4Address.parse("10.15.3.21"));
        assertThat(exitCode).isZero();
        await("the shell that sends signals ends with its input")
                .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void readinessIsDownWhileACallIsFinished() {
        // Given a call that ends when its caller likes
        world.start();
        assertThat(HealthGrpc.newBlockingStub(world.api().client().channel())
                        .watch(HealthCheckRequest.getDefaultInstance())
                        .hasNext())
                .isTrue();

        // When
        sigterm();

        // Then
        await().pollInterval(OFTEN).until(() -> world.health("ready", "Graceful Shutdown"), "DOWN"::equals);
        world.api().close();
        assertThat(awaitEnd()).isZero();
    }

    @Test
    void killedItLeavesNoProcessBehind() {
        // Given
        world.start();
        world.api().allocate("vps-1", MAC);
        List<ProcessHandle> children = world.gateway().children();
        assertThat(children).contains(world.dnsmasq());

        // When
        world.gateway().kill9();

        // Then
        await().until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void whatOutlivesAKilledGatewayIsEndedByTheNext() {
        // Given
        world.start();
        ProcessHandle frozen = world.dnsmasq();
        Programs.freeze(frozen);
        world.gateway().kill9();
        assertThat(frozen.isAlive()).isTrue();

        // When
        world.start();

        // Then
        await().until(() -> !frozen.isAlive());
        assertThat(world.gateway().output()).contains("ending 1 dnsmasq of an earlier gateway");
        assertThat(world.dnsmasq().isAlive()).isTrue();
    }

    @Test
    void aSecondGatewayOnTheSameStateDirectoryIsRefused() {
        // Given
        world.start();

        // When
        try (GatewayProcess second =
                world.launchBeside(Map.of("GATEWAY_GRPC_PORT", "1538", "GATEWAY_METRICS_PORT", "9092"))) {

            // Then
            assertThat(second.awaitExit()).isEqualTo(1);
        }
        assertThat(world.gateway().output())
                .contains("vps-gateway cannot start: another gateway uses the state directory "
                        + world.files().directory() + " (stop it, or give this one its own GATEWAY_DHCP_LEASES_DIR)");
        assertThat(Complaints.in(world.gateway().output())).isEmpty();
        assertThat(world.gateway().isReady()).isTrue();
        assertThat(Programs.dnsmasqsOf(world.files())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {GatewayProcess.GRPC_PORT, GatewayProcess.METRICS_PORT})
    void aTakenPortEndsTheStart(int port) throws IOException {
        // Given
        try (ServerSocket other = new ServerSocket(port)) {
            assertThat(other.isBound()).isTrue();

            // When
            GatewayProcess gateway = world.launch();

            // Then
            assertThat(gateway.awaitExit()).isEqualTo(1);
            assertThat(gateway.output())
                    .contains(
                            "vps-gateway cannot start: cannot listen on 0.0.0.0:" + port + ": Address already in use");
            assertThat(Complaints.in(gateway.output())).isEmpty();
            await().until(() -> Programs.dnsmasqsOf(world.files()).isEmpty());
        }
    }

    private void sigterm() {
        assertThat(ProcessHandle.of(world.gateway().pid()).orElseThrow().destroy())
                .isTrue();
    }

    /** It comes within some 12 s, on a machine with nothing else to do. */
    private int awaitEnd() {
        await("end").atMost(SHUTDOWN).until(() -> !world.gateway().isAlive());
        return world.gateway().awaitExit();
    }
}

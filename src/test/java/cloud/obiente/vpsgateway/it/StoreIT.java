package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The file in which the allocations are kept, in bad times. */
class StoreIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    private static final String CALLS = "grpc_server_processing_duration_seconds_count";
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.15.3.20");

    private final World world = World.create("store");
    private final Path state = world.files().directory();
    private boolean mounted;

    @AfterEach
    void stop() {
        world.close();
        if (mounted) {
            Command.run(List.of("umount", state.toString()));
        }
    }

    @Test
    void aFullDiskRefusesChangesAndLosesNothingUntilThereIsSpaceAgain() throws IOException {
        // Given
        mountSmallDisk();
        world.start();
        world.api().allocate("vps-1", MAC);

        // When
        Path filler = fillDisk();
        Refused refused = allocateUntilRefused();
        List<Holding> held = world.listed();

        // Then
        assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refused.reason()).isEqualTo("STORE_UNAVAILABLE");
        assertThat(world.listed()).isEqualTo(held).contains(new Holding("vps-1", FIRST, MAC));
        assertThat(world.metric("vps_gateway_store_commit_failures_total")).isPositive();
        assertThat(world.gateway().isReady()).isTrue();

        // When
        Files.delete(filler);

        // Then
        world.api().allocate("vps-2", OTHER_MAC);
        assertThat(world.assertEverythingAgrees()).hasSize(held.size() + 1).containsAll(held);
        restart();
        assertThat(world.assertEverythingAgrees()).hasSize(held.size() + 1).containsAll(held);
    }

    @Test
    void aDamagedDatabaseStopsTheStartAndIsLeftAsItIs() throws IOException {
        // Given
        world.start();
        world.api().allocate("vps-1", MAC);
        world.gateway().terminate();
        damage(world.files().databaseFile());
        byte[] damaged = Files.readAllBytes(world.files().databaseFile());

        // When
        int exitCode = world.launch().awaitExit();

        // Then
        assertThat(exitCode).isEqualTo(1);
        assertThat(world.gateway().output())
                .contains("vps-gateway cannot start: " + world.files().databaseFile() + " cannot be used")
                .contains("restore a backup")
                .doesNotContain("\tat ");
        assertThat(world.files().databaseFile()).hasBinaryContent(damaged);
        assertThat(Programs.dnsmasqsOf(world.files())).isEmpty();
    }

    @Test
    void aCallerWhoHasGoneBeforeItsTurnChangesNothing() throws SQLException {
        // Given
        world.with("JAVA_TOOL_OPTIONS", "-Dvps-gateway.busy-timeout-millis=600000")
                .start();
        world.api().allocate("vps-1", MAC);
        double reloads = world.metric("vps_gateway_dhcp_reload_seconds_count");
        try (Connection tool = world.files().connect();
                Statement statement = tool.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");

            // When: the first is in the writer's hands, the others wait behind it until they are given up
            ListenableFuture<AllocateIPResponse> first = allocate("first", 600_000);
            await("the writer waits for the database").until(() -> {
                world.gateway().printStacks();
                return world.gateway().output().contains("SqliteAllocationStore.commit(");
            });
            List<ListenableFuture<AllocateIPResponse>> late =
                    List.of(allocate("late-1", 2_000), allocate("late-2", 2_000));
            List<Code> answers = late.stream().map(StoreIT::codeOf).toList();
            await("the gateway knows that both have gone")
                    .until(() -> world.scrape().sum(CALLS, "AllocateIP", "CANCELLED") == late.size());
            assertThat(first).isNotDone();
            statement.execute("ROLLBACK");

            // Then
            assertThat(answers).containsOnly(Code.DEADLINE_EXCEEDED);
        }
        world.api().allocate("vps-2", OTHER_MAC);
        assertThat(world.api().list())
                .extracting(IPAllocation::getVpsId)
                .contains("vps-1", "vps-2")
                .doesNotContain("late-1", "late-2");
        assertThat(world.metric("vps_gateway_dhcp_reload_seconds_count")).isLessThanOrEqualTo(reloads + 2);
    }

    @Test
    void whoChangedWhatIsWrittenDown() throws SQLException {
        // Given
        world.start();
        world.api().allocate("vps-1", MAC);

        // When
        world.api().release("vps-1");

        // Then
        assertThat(world.files().column("SELECT action || ' ' || vps || ' ' || address FROM events ORDER BY id"))
                .containsExactly("ALLOCATE vps-1 " + FIRST, "RELEASE vps-1 " + FIRST);
        assertThat(world.files().column("SELECT caller FROM events"))
                .allMatch(caller -> caller.startsWith("127.0.0.1 grpc-java"));
    }

    private void restart() {
        world.gateway().terminate();
        world.start();
    }

    private ListenableFuture<AllocateIPResponse> allocate(String vps, long deadlineMillis) {
        return VPSGatewayServiceGrpc.newFutureStub(world.api().calls().getChannel())
                .withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS)
                .allocateIP(AllocateIPRequest.newBuilder().setVpsId(vps).build());
    }

    /** How a call ends, once it has. */
    private static Code codeOf(ListenableFuture<?> call) {
        try {
            call.get();
            return Code.OK;
        } catch (ExecutionException ended) {
            return Status.fromThrowable(ended).getCode();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private void mountSmallDisk() throws IOException {
        Files.createDirectories(state);
        Command.run(List.of("mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "it-small-disk", state.toString()));
        mounted = true;
    }

    private Path fillDisk() throws IOException {
        Path filler = state.resolve("filler");
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int pages = 0; pages < 1024; pages++) {
                out.write(page);
            }
        } catch (IOException full) {
            return filler;
        }
        throw new AssertionError("the disk is larger than it should be");
    }

    /** What SQLite has reserved already it can still fill, so the first few may succeed. */
    private Refused allocateUntilRefused() {
        for (int number = 1; number <= 200; number++) {
            Optional<Refused> refused = tryAllocate("more-" + number, "02:00:00:00:01:%02x".formatted(number));
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        throw new AssertionError("200 allocations on a full disk");
    }

    private Optional<Refused> tryAllocate(String vps, String mac) {
        try {
            world.api().allocate(vps, MacAddress.parse(mac));
            return Optional.empty();
        } catch (StatusRuntimeException e) {
            return Optional.of(Refused.of(e));
        }
    }

    /** Zeros in place of the second page. */
    private static void damage(Path database) throws IOException {
        try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4096), 4096);
        }
    }
}

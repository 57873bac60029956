package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway that is started on a full disk serves what it knows, and takes changes as soon as there is room. */
class FullDiskIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final World world = World.create("full-disk");
    private SmallDisk disk;

    @BeforeEach
    void start() {
        disk = SmallDisk.at(world.files().databaseFile().getParent());
        world.start();
    }

    @AfterEach
    void stop() {
        world.close();
        disk.close();
    }

    /** All of SQLite's files are there, with the room that they had. */
    @Test
    void whatIsKnownIsServedFromAFullDiskAfterAKill() {
        servesFromAFullDiskAfter(GatewayProcess::kill9);
    }

    /** SQLite has removed its log and its shared memory, and has no room to make them again. */
    @Test
    void whatIsKnownIsServedFromAFullDiskAfterAStop() {
        servesFromAFullDiskAfter(gateway -> assertThat(gateway.terminate()).isZero());
    }

    private void servesFromAFullDiskAfter(Consumer<GatewayProcess> end) {
        Ipv4Address address = world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        end.accept(world.gateway());
        // A start removes it, and would have that much room.
        Command.run(List.of("rm", "-r", world.files().directory().resolve("tmp").toString()));
        disk.fill();

        world.start();
        // Whatever else the start has removed.
        disk.fill();

        assertThat(vps.boot())
                .hasValueSatisfying(lease -> assertThat(lease.address()).isEqualTo(address));
        assertThat(world.resolve("vps-1")).containsExactly(address);
        assertThat(world.listed()).hasSize(1);
        assertThatThrownBy(() -> world.api().allocate("vps-2", MacAddress.parse("02:00:00:00:00:02")))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(world.gateway().output())
                .containsPattern("disk (of \\S+ )?is full: ")
                .doesNotContain("move it away", "restore a backup");

        disk.empty();

        world.api().allocate("vps-2", MacAddress.parse("02:00:00:00:00:02"));
        assertThat(world.assertEverythingAgrees()).hasSize(2);
    }

    @Test
    void itsFilesAreForItsUserAlone() throws Exception {
        world.api().allocate("vps-1", MAC);
        await().until(() -> Files.exists(world.files().directory().resolve("ssh.sqlite")));
        for (Path file : List.of(
                world.files().databaseFile(),
                world.files().databaseFile().resolveSibling("ssh.sqlite"),
                world.files().databaseFile().resolveSibling("gateway.lock"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as("mode of %s", file)
                    .isEqualTo("rw-------");
        }
    }
}

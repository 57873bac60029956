package cloud.obiente.vpsgateway.ipam.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RefusalReason;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** A disk that is really full: a small tmpfs, which only root can mount. */
class FullDiskTest {
    private static final IpamSettings SETTINGS = new IpamSettings(
            new AddressPool(new Ipv4Range(Ipv4Address.parse("10.0.0.1"), Ipv4Address.parse("10.0.255.254")), Set.of()),
            Duration.ZERO);

    @TempDir
    Path directory;

    private boolean mounted;

    @BeforeEach
    void mountASmallDisk() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "ipam-full-disk-test", directory.toString()) == 0;
        assumeTrue(mounted, "a disk can be mounted");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", directory.toString())).isZero();
        }
    }

    @Test
    void refusesWithoutHarmAndRecoversByItself() throws IOException {
        Path ballast = directory.resolve("ballast");
        List<Allocation> answered = new ArrayList<>();
        try (Ipam ipam = open()) {
            assertThat(allocate(ipam, "vps-0", answered)).isEmpty();
            fill(ballast);
            for (int i = 1; allocate(ipam, "vps-" + i, answered).isEmpty(); i++) {
                assertThat(i).isLessThan(1000);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(allocate(ipam, "refused-" + i, answered)).contains(RefusalReason.STORE_UNAVAILABLE);
            }
            assertThat(ipam.storeFault()).isPresent();
            assertThat(ipam.snapshot().all()).isEqualTo(answered);

            Files.delete(ballast);
            assertThat(allocate(ipam, "after", answered)).isEmpty();
            assertThat(ipam.storeFault()).isEmpty();
            assertThat(ipam.snapshot().all()).isEqualTo(answered);
        }
        try (Ipam ipam = open()) {
            assertThat(ipam.snapshot().all()).isEqualTo(answered);
        }
    }

    @Test
    void aStartOnAFullDiskServesWhatIsKnownAndRecoversByItself() throws Exception {
        Path ballast = directory.resolve("ballast");
        List<Allocation> answered = new ArrayList<>();
        try (Ipam ipam = open()) {
            assertThat(allocate(ipam, "vps-0", answered)).isEmpty();
        }
        fill(ballast);
        try (Ipam ipam = open()) {
            servesAndRecovers(ipam, ballast, answered);
            assertThat(readByAnOperator()).isEqualTo(answered.size());
        }
        try (Ipam ipam = open()) {
            assertThat(ipam.snapshot().all()).isEqualTo(answered);
        }
    }

    /** Its log holds the newest commits then, and there is no room for the copy that is inspected otherwise. */
    @Test
    void aStartOnADiskThatIsFullSinceACrashServesWhatIsKnown() throws IOException {
        Path ballast = directory.resolve("ballast");
        Path running = Files.createDirectory(directory.resolve("running")).resolve("ipam.sqlite");
        List<Allocation> answered = new ArrayList<>();
        try (Ipam ipam = Ipam.open(SETTINGS, SqliteAllocationStore.open(running), Clock.systemUTC(), Thread::new)) {
            assertThat(allocate(ipam, "vps-0", answered)).isEmpty();
            Files.copy(running, file());
            Files.copy(DatabaseFile.log(running), DatabaseFile.log(file()));
        }
        fill(ballast);
        try (Ipam ipam = open()) {
            servesAndRecovers(ipam, ballast, answered);
        }
        try (Ipam ipam = open()) {
            assertThat(ipam.snapshot().all()).isEqualTo(answered);
        }
    }

    private static void servesAndRecovers(Ipam ipam, Path ballast, List<Allocation> answered) throws IOException {
        assertThat(ipam.snapshot().all()).isEqualTo(answered);
        assertThat(allocate(ipam, "refused", answered)).contains(RefusalReason.STORE_UNAVAILABLE);
        assertThat(ipam.snapshot().all()).isEqualTo(answered);

        Files.delete(ballast);
        assertThat(allocate(ipam, "after", answered)).isEmpty();
        assertThat(allocate(ipam, "and-another", answered)).isEmpty();
        assertThat(ipam.storeFault()).isEmpty();
    }

    /** While the gateway runs. */
    private int readByAnOperator() throws SQLException {
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM allocations")) {
            return count.getInt(1);
        }
    }

    private Ipam open() {
        return Ipam.open(SETTINGS, SqliteAllocationStore.open(file()), Clock.systemUTC(), Thread::new);
    }

    private Path file() {
        return directory.resolve("ipam.sqlite");
    }

    private static Optional<RefusalReason> allocate(Ipam ipam, String vps, List<Allocation> answered) {
        AllocateCommand command =
                new AllocateCommand(VpsId.parse(vps), OrganizationId.UNKNOWN, Optional.empty(), Optional.empty());
        Outcome<Allocation> outcome = ipam.submit(Caller.of("test"), command, Cancellation.NONE)
                .toCompletableFuture()
                .join();
        if (outcome instanceof Outcome.Refused<Allocation> refused) {
            return Optional.of(refused.refusal().reason());
        }
        answered.add(((Outcome.Done<Allocation>) outcome).value());
        return Optional.empty();
    }

    private static void fill(Path ballast) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (int blocks = 0; blocks < 1024; blocks++) {
                out.write(block);
            }
            throw new AssertionError("the disk is larger than it should be");
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}

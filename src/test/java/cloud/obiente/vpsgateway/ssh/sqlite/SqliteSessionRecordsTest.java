package cloud.obiente.vpsgateway.ssh.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.ssh.Allocations;
import cloud.obiente.vpsgateway.ssh.LoopbackTunnels;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import cloud.obiente.vpsgateway.ssh.SessionRecords;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.TunnelDestination;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteSessionRecordsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    Path directory;

    @Test
    void recordsAreInTheTableWhenItIsClosed() throws SQLException {
        try (SqliteSessionRecords records = open()) {
            records.add(session(NOW, "vps-1"));
            records.add(session(NOW, "vps-2"));
        }
        assertThat(rows("target")).containsExactly("vps-1", "vps-2");
        assertThat(
                        rows(
                                "began || ' ' || caller || ' ' || destination || ' ' || vps || ' ' || organization || ' '"
                                        + " || key_fingerprint || ' ' || bytes_in || ' ' || bytes_out || ' ' || duration_ms || ' ' || reason"))
                .first()
                .isEqualTo("2026-03-01T12:00:00Z 10.0.0.9 api 10.15.3.21:22 vps-1 org-1 SHA256:x 1 2 3000 because");
    }

    @Test
    void oldRecordsAreForgottenAtTheStart() throws SQLException {
        try (SqliteSessionRecords records = open()) {
            records.add(session(NOW.minus(Duration.ofDays(31)), "old"));
            records.add(session(NOW.minus(Duration.ofDays(29)), "young"));
        }
        open().close();
        assertThat(rows("target")).containsExactly("young");
    }

    @Test
    void aFileThatCannotBeWrittenIsAFaultUntilItCan() throws Exception {
        Path obstacle = Files.createDirectory(directory.resolve("ssh.sqlite"));
        try (SqliteSessionRecords records = open()) {
            Tunnels tunnels = tunnels(records);
            records.add(session(NOW, "lost"));
            await().until(() -> records.fault().isPresent());
            assertThat(tunnels.status()).isEqualTo(Tunnels.Status.ERROR);
            Files.delete(obstacle);
            records.add(session(NOW, "kept"));
            await().until(() -> records.fault().isEmpty());
            assertThat(tunnels.status()).isEqualTo(Tunnels.Status.RUNNING);
        }
        assertThat(rows("target")).contains("kept");
    }

    private SqliteSessionRecords open() {
        return SqliteSessionRecords.start(directory.resolve("ssh.sqlite"), 30, CLOCK, Thread::new);
    }

    private static Tunnels tunnels(SessionRecords records) {
        SshSettings settings = LoopbackTunnels.settings(
                new SshSettings.Limits(1, 1, 1, 1 << 20), Optional.empty(), Duration.ofSeconds(1));
        return LoopbackTunnels.open(settings, Allocations::snapshot, null, records);
    }

    private static SessionRecord session(Instant began, String target) {
        Allocation holder = Allocations.held("vps-1", "10.15.3.21", Allocation.Kind.PRIVATE);
        return new SessionRecord(
                began,
                Caller.of("10.0.0.9 api"),
                target,
                Optional.of(new TunnelDestination(Ipv4Address.parse("10.15.3.21"), 22, Optional.of(holder))),
                Optional.of("SHA256:x"),
                1,
                2,
                Duration.ofSeconds(3),
                "because");
    }

    private List<String> rows(String column) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("ssh.sqlite"));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + column + " FROM sessions ORDER BY id")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}

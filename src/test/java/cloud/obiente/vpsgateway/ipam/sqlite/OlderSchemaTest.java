package cloud.obiente.vpsgateway.ipam.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.ReleasedAddress;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConfig;

/** A store as the version before wrote it, opened by this one. */
class OlderSchemaTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

    private static final int PAGE = DatabaseFile.PAGE_BYTES;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void writeAsVersionTwo() throws IOException, SQLException {
        file = directory.resolve("ipam.sqlite");
        try (InputStream sql = getClass().getResourceAsStream("/schema/version-2.sql");
                Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatItHeldIsHeld() {
        StoredState state = load();
        assertThat(state.allocations())
                .extracting(held -> held.address() + " " + held.vps() + " " + held.kind())
                .containsExactlyInAnyOrder(
                        "10.0.0.1 vps-1 PRIVATE", "10.0.0.2 vps-2 PRIVATE", "203.0.113.7 vps-1 PUBLIC");
        assertThat(state.released())
                .containsExactly(new ReleasedAddress(Ipv4Address.parse("10.0.0.3"), AT.plusSeconds(3), 7));
        assertThat(state.sources()).isEmpty();
    }

    @Test
    void anAdoptionOfThenIsKnownAsOne() {
        StoredState state = load();
        assertThat(state.facts().get(Ipv4Address.parse("10.0.0.1")).origin()).isEqualTo(AllocationFacts.Origin.ADOPTED);
        assertThat(state.facts().get(Ipv4Address.parse("10.0.0.2")).origin()).isEqualTo(AllocationFacts.Origin.API);
        for (Allocation held : state.allocations()) {
            assertThat(state.facts().get(held.address()).touchedAt()).isEqualTo(held.allocatedAt());
        }
    }

    @Test
    void aSecondStartFindsTheSame() {
        assertThat(load()).isEqualTo(load());
    }

    /** The migration reads all of it. */
    @ParameterizedTest
    @ValueSource(strings = {"ASC", "DESC"})
    void aDamagedHistoryIsSetAsideAndTheRestMigrated(String order) throws IOException, SQLException {
        int damaged = pageOfHistory(order);
        byte[] content = Files.readAllBytes(file);
        Arrays.fill(content, (damaged - 1) * PAGE, damaged * PAGE, (byte) 0x5a);
        Files.write(file, content);

        StoredState state = load();

        assertThat(state.allocations()).hasSize(3);
        assertThat(state.released()).hasSize(1);
        // What it tells of an adoption is lost.
        assertThat(state.facts().get(Ipv4Address.parse("10.0.0.1")).origin()).isEqualTo(AllocationFacts.Origin.API);
        assertThat(load()).isEqualTo(state);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(kept -> kept.getFileName().toString().contains(".damaged-")))
                    .singleElement()
                    // But for the first page: opening it for writing has put it into WAL mode, as ours always are.
                    .satisfies(kept -> assertThat(Files.readAllBytes(kept))
                            .hasSameSizeAs(content)
                            .satisfies(bytes -> assertThat(
                                            Arrays.mismatch(bytes, PAGE, bytes.length, content, PAGE, content.length))
                                    .isEqualTo(-1)));
        }
    }

    /** A leaf of a long one: the first, which only a migration reads, or the last, which every start does. */
    private int pageOfHistory(String order) throws SQLException {
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("""
                    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
                    INSERT INTO events (at, caller, action, vps, organization, address, detail)
                    SELECT '2026-03-02T12:00:00Z', 'api', 'ALLOCATE', 'vps-' || n, 'org', '10.0.0.9', '' FROM numbers""");
            try (ResultSet page = statement.executeQuery("SELECT pageno FROM dbstat WHERE name = 'events'"
                    + " AND pagetype = 'leaf' ORDER BY path " + order)) {
                return page.getInt(1);
            }
        }
    }

    private StoredState load() {
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            return store.load();
        }
    }
}

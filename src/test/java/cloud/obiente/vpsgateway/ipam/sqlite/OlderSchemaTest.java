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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** A store as the version before wrote it, opened by this one. */
class OlderSchemaTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

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

    private StoredState load() {
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            return store.load();
        }
    }
}

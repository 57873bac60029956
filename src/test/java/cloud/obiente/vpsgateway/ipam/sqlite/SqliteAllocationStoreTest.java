package cloud.obiente.vpsgateway.ipam.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.AuditEvent;
import cloud.obiente.vpsgateway.ipam.Batches;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.ReleasedAddress;
import cloud.obiente.vpsgateway.ipam.SourceListing;
import cloud.obiente.vpsgateway.ipam.SourceState;
import cloud.obiente.vpsgateway.ipam.StoreBatch;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.ipam.SupersededMac;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

class SqliteAllocationStoreTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("ipam.sqlite");
    }

    @Test
    void aNewStoreIsEmptyAndLeavesOneFileWhenClosed() throws IOException {
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            assertThat(store.load()).isEqualTo(Batches.stored(List.of(), List.of()));
        }
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whatWasCommittedIsThereAfterReopening() {
        Allocation bound = allocation("vps-1", "10.0.0.1", "02:00:00:00:00:01");
        Allocation unbound = allocation("vps-2", "10.0.0.2", "");
        Allocation pinned = new Allocation(
                VpsId.parse("vps-1"),
                OrganizationId.UNKNOWN,
                Ipv4Address.parse("203.0.113.7"),
                bound.mac(),
                AT,
                Allocation.Kind.PUBLIC);
        ReleasedAddress released = new ReleasedAddress(Ipv4Address.parse("10.0.0.3"), AT.plusMillis(7), 42);
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            store.commit(Batches.of(
                    Set.of(bound.address(), unbound.address(), pinned.address(), released.address()),
                    List.of(bound, unbound, pinned),
                    List.of(released),
                    List.of()));
        }
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            StoredState state = store.load();
            assertThat(state.allocations()).containsExactlyInAnyOrder(bound, unbound, pinned);
            assertThat(state.released()).containsExactly(released);
        }
    }

    @Test
    void whatWasLearntIsThereAfterReopening() {
        Allocation held = allocation("vps-1", "10.0.0.1", "02:00:00:00:00:01");
        ListSource source = new ListSource("api-1", "node-1");
        ListSource gone = new ListSource("api-2", "node-1");
        AllocationFacts facts = new AllocationFacts(
                AllocationFacts.Origin.ADOPTED,
                7,
                AT.plusMillis(1),
                Optional.of(AT.plusMillis(2)),
                Optional.of(AT.plusMillis(3)),
                Optional.of(AT.plusMillis(4)),
                Map.of(
                        source, new SourceListing(SourceListing.Word.OMITTED, AT.plusMillis(5), 2, true),
                        gone, new SourceListing(SourceListing.Word.NAMED, AT, 1, true)));
        ReleasedAddress released = new ReleasedAddress(
                Ipv4Address.parse("10.0.0.3"),
                AT,
                42,
                Optional.of(VpsId.parse("vps-3")),
                Optional.of(MacAddress.parse("02:00:00:00:00:03")),
                9);
        SupersededMac superseded = new SupersededMac(MacAddress.parse("02:00:00:00:00:09"), held.vps(), AT);
        UnclaimedLease lease = new UnclaimedLease(
                Ipv4Address.parse("10.0.0.4"),
                MacAddress.parse("02:00:00:00:00:04"),
                AT,
                Optional.of(AT.plusMillis(6)));
        SourceState state = new SourceState(AT, AT.plusMillis(8), Optional.of(AT.plusMillis(7)), Optional.of(AT));
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            store.commit(new StoreBatch(
                    Set.of(held.address(), released.address(), lease.address()),
                    List.of(new StoreBatch.Held(held, facts)),
                    List.of(released),
                    List.of(lease),
                    Set.of(superseded.mac()),
                    List.of(superseded),
                    Map.of(source, state, gone, state),
                    Set.of(),
                    List.of()));
        }
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            StoredState stored = store.load();
            assertThat(stored.facts()).containsOnly(Map.entry(held.address(), facts));
            assertThat(stored.released()).containsExactly(released);
            assertThat(stored.superseded()).containsExactly(superseded);
            assertThat(stored.unclaimed()).containsExactly(lease);
            assertThat(stored.sources()).containsOnly(Map.entry(source, state), Map.entry(gone, state));

            store.commit(new StoreBatch(
                    Set.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Set.of(superseded.mac()),
                    List.of(),
                    Map.of(),
                    Set.of(gone),
                    List.of()));
            stored = store.load();
            assertThat(stored.superseded()).isEmpty();
            assertThat(stored.sources()).containsOnlyKeys(source);
            assertThat(stored.facts().get(held.address()).listings()).containsOnlyKeys(source);
        }
    }

    @Test
    void theFileItselfRefusesTwoHolders() {
        Allocation first = allocation("vps-1", "10.0.0.1", "02:00:00:00:00:01");
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            store.commit(holding(first));
            assertThatThrownBy(() -> store.commit(holding(allocation("vps-1", "10.0.0.2", ""))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("allocations.vps");
            assertThatThrownBy(() -> store.commit(holding(allocation("vps-2", "10.0.0.2", "02:00:00:00:00:01"))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("allocations.mac");
            assertThatThrownBy(() -> store.commit(
                            Batches.of(Set.of(), List.of(allocation("vps-3", "10.0.0.1", "")), List.of(), List.of())))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("allocations.address");
            assertThat(store.load().allocations()).containsExactly(first);
        }
    }

    @Test
    void everyChangeIsAnEventThatCannotBeRewritten() throws SQLException {
        Allocation before = allocation("vps-1", "10.0.0.1", "");
        Allocation after = allocation("vps-1", "10.0.0.2", "02:00:00:00:00:01");
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            store.commit(Batches.of(
                    Set.of(before.address(), after.address()),
                    List.of(after),
                    List.of(),
                    List.of(
                            event(AuditEvent.Action.ALLOCATE, Optional.empty(), Optional.of(before)),
                            event(AuditEvent.Action.BIND, Optional.of(before), Optional.of(after)),
                            event(AuditEvent.Action.RELEASE, Optional.of(after), Optional.empty()))));
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThat(rows(
                            statement,
                            "SELECT at, caller, action, vps, organization, address, mac, detail FROM events"))
                    .isEqualTo("""
                    2026-03-01T12:00:00Z|api-1|ALLOCATE|vps-1|org-1|10.0.0.1|null|allocated
                    2026-03-01T12:00:00Z|api-1|BIND|vps-1|org-1|10.0.0.2|02:00:00:00:00:01|address was '10.0.0.1', MAC was 'none'
                    2026-03-01T12:00:00Z|api-1|RELEASE|vps-1|org-1|10.0.0.2|02:00:00:00:00:01|released
                    """);
            assertThatThrownBy(() -> statement.execute("UPDATE events SET caller = 'x'"))
                    .hasMessageContaining("append-only");
        }
    }

    @Test
    void oldEventsCanBeForgottenAndYoungOnesCannot() throws SQLException {
        Instant now = Instant.now();
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            store.commit(eventsAt(now.minus(Duration.ofDays(40)), 1));
            store.commit(eventsAt(now.minus(Duration.ofDays(35)), 1));
            store.commit(eventsAt(now, 1));

            assertThat(store.forgetEventsBefore(now.minus(Duration.ofDays(36)))).isFalse();
            assertThat(numberOfEvents()).isEqualTo(2);
            store.forgetEventsBefore(now.minus(Duration.ofDays(31)));
            assertThat(numberOfEvents()).isEqualTo(1);
            assertThatThrownBy(() -> store.forgetEventsBefore(now.plusSeconds(60)))
                    .hasMessageContaining("append-only for 30 days");
            assertThat(numberOfEvents()).isEqualTo(1);
        }
    }

    @Test
    void eventsAreForgottenInBatches() throws SQLException {
        int batch = SqliteAllocationStore.MAX_FORGOTTEN;
        Instant end = Instant.now().minus(Duration.ofDays(31));
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            store.commit(eventsAt(end.minusSeconds(1), batch + 1));

            assertThat(store.forgetEventsBefore(end)).as("more to forget").isTrue();
            assertThat(numberOfEvents()).isEqualTo(1);
            assertThat(store.forgetEventsBefore(end)).as("more to forget").isFalse();
            assertThat(numberOfEvents()).isZero();
        }
    }

    private static StoreBatch eventsAt(Instant at, int count) {
        AuditEvent.Action action = AuditEvent.Action.ALLOCATE;
        AllocationChange change = event(action, Optional.empty(), Optional.of(allocation("vps-1", "10.0.0.1", "")))
                .change();
        return Batches.of(
                Set.of(),
                List.of(),
                List.of(),
                Collections.nCopies(count, new AuditEvent(at, Caller.of("api-1"), action, change)));
    }

    private int numberOfEvents() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            return Integer.parseInt(
                    rows(statement, "SELECT count(*) FROM events").strip());
        }
    }

    @Test
    void theFileCanBeReadWhileItIsInUse() throws SQLException {
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            try (Connection operator = connect();
                    Statement statement = operator.createStatement()) {
                store.commit(holding(allocation("vps-1", "10.0.0.1", "")));
                assertThat(rows(statement, "SELECT vps FROM allocations")).isEqualTo("vps-1\n");
            }
            assertThatCode(() -> store.commit(holding(allocation("vps-2", "10.0.0.2", ""))))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aPathMayContainAnyCharacter() throws IOException {
        Path odd =
                Files.createDirectory(directory.resolve("a b?mode=memory#%20é")).resolve("ipam.sqlite");
        try (SqliteAllocationStore store = SqliteAllocationStore.open(odd)) {
            store.commit(holding(allocation("vps-1", "10.0.0.1", "")));
        }
        assertThat(odd).exists();
        try (SqliteAllocationStore store = SqliteAllocationStore.open(odd)) {
            assertThat(store.load().allocations()).hasSize(1);
        }
    }

    @Test
    void aRowThatMakesNoSenseStopsTheStart() throws SQLException {
        SqliteAllocationStore.open(file).close();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO allocations (address, vps, organization, mac, allocated_at, kind) VALUES ('10.0.0.300', 'vps-1', '', NULL, '"
                            + AT + "', 'PRIVATE')");
        }
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            assertThatThrownBy(store::load)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("10.0.0.300");
        }
    }

    private static AuditEvent event(AuditEvent.Action action, Optional<Allocation> before, Optional<Allocation> after) {
        return new AuditEvent(AT, Caller.of("api-1"), action, new AllocationChange(before, after));
    }

    private static StoreBatch holding(Allocation allocation) {
        return Batches.of(Set.of(allocation.address()), List.of(allocation), List.of(), List.of());
    }

    private static Allocation allocation(String vps, String address, String mac) {
        return new Allocation(
                VpsId.parse(vps),
                OrganizationId.parse("org-1"),
                Ipv4Address.parse(address),
                mac.isEmpty() ? Optional.empty() : Optional.of(MacAddress.parse(mac)),
                AT,
                Allocation.Kind.PRIVATE);
    }

    private Connection connect() throws SQLException {
        return new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
    }

    private static String rows(Statement statement, String sql) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    text.append(i == 1 ? "" : "|").append(rows.getString(i));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}

package cloud.obiente.vpsgateway.ipam.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Batches;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.lab.LogLines;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** A file that cannot be trusted stops the start, and everything in its directory stays as it was. */
class DamagedFileTest {
    private static final int PAGE = DatabaseFile.PAGE_BYTES;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("ipam.sqlite");
    }

    @Test
    void aTextFile() throws IOException {
        Files.writeString(file, "vps-1 10.0.0.1\n".repeat(1000));
        refusedAndUntouched("not an SQLite database");
    }

    @Test
    void anEmptyFile() throws IOException {
        Files.createFile(file);
        refusedAndUntouched("not an SQLite database");
    }

    @Test
    void aDirectory() throws IOException {
        Files.createDirectory(file);
        assertThatThrownBy(() -> SqliteAllocationStore.open(file)).isInstanceOf(StoreException.class);
        assertThat(file).isEmptyDirectory();
    }

    @Test
    void aFileThatWasCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(filled());
        for (int length : new int[] {20, 100, 1000, PAGE, 3 * PAGE, whole.length - PAGE, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            refusedOrOnlyTheHistoryIsLost();
        }
    }

    @Test
    void aFileWithGarbageInAnyOfItsPages() throws IOException {
        byte[] whole = Files.readAllBytes(filled());
        for (int page = 0; page < whole.length / PAGE; page++) {
            byte[] damaged = whole.clone();
            Arrays.fill(damaged, page * PAGE + (page == 0 ? 100 : 0), (page + 1) * PAGE, (byte) 0x5a);
            Files.write(file, damaged);
            refusedOrOnlyTheHistoryIsLost();
        }
    }

    @Test
    void aDamagedEndOfTheHistoryIsSetAsideAndTheStartGoesOn() throws Exception {
        byte[] damaged = Files.readAllBytes(filled());
        int end = pageOfTheNewestEvent();
        Arrays.fill(damaged, (end - 1) * PAGE, end * PAGE, (byte) 0x5a);
        Files.write(file, damaged);

        List<String> lines = LogLines.during(HistoryRebuild.class.getName(), () -> {
            try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
                assertThat(store.load().allocations()).hasSize(500);
                commit(store, 500, 501);
            }
        });

        assertThat(lines).singleElement().asString().contains("has been set aside as", "a new one begun");
        assertThat(setAside()).singleElement().satisfies(kept -> assertThat(Files.readAllBytes(kept))
                .isEqualTo(damaged));
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            assertThat(store.load().allocations()).hasSize(501);
        }
    }

    /** The page that the next commit would add to: the last one of the table's tree. */
    private int pageOfTheNewestEvent() throws SQLException {
        try (Connection connection = new SQLiteConfig()
                        .createConnection("jdbc:sqlite:" + directory.resolve("elsewhere/filled.sqlite"));
                Statement statement = connection.createStatement();
                ResultSet page = statement.executeQuery(
                        "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' ORDER BY path DESC")) {
            return page.getInt(1);
        }
    }

    private List<Path> setAside() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.getFileName().toString().startsWith("ipam.sqlite.damaged-"))
                    .toList();
        }
    }

    /** Nothing between the two: what is served is all that there was. */
    private void refusedOrOnlyTheHistoryIsLost() throws IOException {
        Map<String, String> before = contents();
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            assertThat(store.load().allocations()).hasSize(500);
            assertThat(setAside()).hasSize(1);
            Files.delete(setAside().get(0));
        } catch (StoreException refused) {
            assertThat(refused).hasMessageContaining(file.toString()).hasMessageContaining("cannot be used");
            assertThat(contents()).isEqualTo(before);
        }
    }

    @Test
    void theFilesAreForTheirOwnerAlone() throws IOException {
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            commit(store, 0, 1);
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).hasSize(3).allSatisfy(path -> assertThat(
                                PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void aDamagedFileWithALogBesideIt() throws IOException {
        Path crashed = crashedCopy();
        byte[] damaged = Files.readAllBytes(crashed);
        Arrays.fill(damaged, 2 * PAGE, damaged.length, (byte) 0x5a);
        Files.write(file, damaged);
        Files.copy(DatabaseFile.log(crashed), DatabaseFile.log(file));
        refusedAndUntouched("cannot be used");
    }

    @Test
    void aCrashIsNotDamage() throws IOException {
        Path crashed = crashedCopy();
        Files.copy(crashed, file);
        Files.copy(DatabaseFile.log(crashed), DatabaseFile.log(file));
        try (SqliteAllocationStore store = SqliteAllocationStore.open(file)) {
            assertThat(store.load().allocations()).hasSize(501);
        }
    }

    /** On a full disk, say: whoever reads "damaged" then would throw away what is sound. */
    @Test
    void noSpaceForACopyIsNotDamage() throws IOException {
        Path crashed = crashedCopy();
        Files.copy(crashed, file);
        Files.copy(DatabaseFile.log(crashed), DatabaseFile.log(file));
        Path inTheWay = directory.resolve(".ipam-inspection").resolve("full");
        Files.createDirectories(inTheWay);
        assertThatThrownBy(() -> SqliteAllocationStore.open(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be inspected")
                .hasMessageNotContaining("move it away");
    }

    @Test
    void aLogWithoutItsDatabase() throws IOException {
        Files.copy(DatabaseFile.log(crashedCopy()), DatabaseFile.log(file));
        refusedAndUntouched("is missing");
    }

    @Test
    void aDatabaseOfANewerVersion() throws IOException, SQLException {
        SqliteAllocationStore.open(file).close();
        execute("PRAGMA user_version = 99");
        refusedAndUntouched(
                "newer version of the gateway (schema 99, this one knows up to " + DatabaseSchema.VERSION + ")");
    }

    @Test
    void aDatabaseOfSomebodyElse() throws IOException, SQLException {
        execute("CREATE TABLE addresses (id INTEGER)");
        refusedAndUntouched("not of this gateway");
    }

    @Test
    void anUnfinishedFirstStartIsNotDamage() throws IOException {
        Files.writeString(directory.resolve("ipam.sqlite.new"), "half of something");
        Files.writeString(directory.resolve("ipam.sqlite.new-wal"), "half of something else");
        SqliteAllocationStore.open(file).close();
        assertThat(contents().keySet()).containsExactly("ipam.sqlite");
    }

    @Test
    void aDirectoryThatIsNotThere() {
        Path nowhere = directory.resolve("nowhere").resolve("ipam.sqlite");
        assertThatThrownBy(() -> SqliteAllocationStore.open(nowhere))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(nowhere.toString())
                .hasMessageContaining("make its directory writable");
    }

    @Test
    void aFileThatAnotherProgramHolds() throws SQLException {
        SqliteAllocationStore.open(file).close();
        try (Connection other = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> SqliteAllocationStore.open(file))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("another program holds it");
        }
    }

    private void refusedAndUntouched(String what) throws IOException {
        Map<String, String> before = contents();
        assertThatThrownBy(() -> SqliteAllocationStore.open(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(what);
        assertThat(contents()).isEqualTo(before);
    }

    /** All files of the directory with their bytes. */
    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                contents.put(path.getFileName().toString(), Arrays.toString(Files.readAllBytes(path)));
            }
        }
        return contents;
    }

    private Path filled() {
        Path filled = separate().resolve("filled.sqlite");
        try (SqliteAllocationStore store = SqliteAllocationStore.open(filled)) {
            commit(store, 0, 500);
        }
        return filled;
    }

    /** A database as a crash leaves it: the newest commits are in the log only. */
    private Path crashedCopy() throws IOException {
        Path filled = filled();
        Path crashed = filled.resolveSibling("crashed.sqlite");
        try (SqliteAllocationStore store = SqliteAllocationStore.open(filled)) {
            commit(store, 500, 501);
            Files.copy(filled, crashed);
            Files.copy(DatabaseFile.log(filled), DatabaseFile.log(crashed));
        }
        return crashed;
    }

    private Path separate() {
        try {
            return Files.createDirectory(directory.resolve("elsewhere"));
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }

    private static void commit(SqliteAllocationStore store, int from, int to) {
        List<Allocation> allocations = IntStream.range(from, to)
                .mapToObj(i -> new Allocation(
                        VpsId.parse("vps-" + i),
                        OrganizationId.UNKNOWN,
                        Ipv4Address.parse("10.0.0.0").plus(i),
                        Optional.empty(),
                        Instant.EPOCH,
                        Allocation.Kind.PRIVATE))
                .toList();
        store.commit(Batches.of(Set.of(), allocations, List.of(), List.of()));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

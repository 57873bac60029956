package cloud.obiente.vpsgateway.hostnet.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a program of the test's own in nft's place. */
class RulesetWatchTest {
    private static final String OURS = "delete rule inet vps_gateway prerouting handle 7";
    private static final String FOREIGN = "delete rule inet other prerouting handle 7";
    private static final String LOST = "# ERROR: We lost some netlink events!";

    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path directory;

    private final List<String> checks = new CopyOnWriteArrayList<>();
    private final Keeper guard = new Keeper("guard", "inet vps_gateway");
    private final Keeper snat = new Keeper("snat", "ip nat");
    private Path nft;
    private Path pid;
    private RulesetWatch watch;

    @BeforeEach
    void prepare() {
        nft = directory.resolve("nft");
        pid = directory.resolve("pid");
    }

    private void listensAfter(Duration settling) {
        watch = RulesetWatch.start(() -> Optional.of(nft).filter(Files::exists), settling, List.of(guard, snat));
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private void nftDoes(String... commands) throws IOException {
        Files.writeString(nft, "#!/bin/sh\n" + String.join("\n", commands) + "\n");
        Files.setPosixFilePermissions(nft, PosixFilePermissions.fromString("rwx------"));
    }

    private void nftSaysAndStays(String line) throws IOException {
        nftDoes("echo '" + line + "'", "echo $$ > " + pid + ".new", "mv " + pid + ".new " + pid, "exec sleep 3600");
    }

    private void installRules() {
        guard.installed.complete(null);
        snat.installed.complete(null);
    }

    private ProcessHandle child() throws IOException {
        await().until(() -> Files.exists(pid));
        return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    }

    @Test
    void nothingRunsUntilSomebodyHasRules() throws IOException {
        listensAfter(SOON);
        nftSaysAndStays(OURS);

        watch.close();

        assertThat(pid).doesNotExist();
        assertThat(watch.status()).isEqualTo(new WatchStatus(false, 0, Optional.empty()));
    }

    @Test
    void aChangeMakesThoseCheckWhomItConcerns() throws IOException {
        listensAfter(NEVER);
        nftSaysAndStays(OURS);

        installRules();

        await().until(() -> !checks.isEmpty());
        assertThat(checks).containsExactly("guard");
        assertThat(watch.status()).isEqualTo(WatchStatus.NOT_YET);
    }

    @Test
    void everybodyChecksWhenTheChildListens() throws IOException {
        listensAfter(SOON);
        nftSaysAndStays(FOREIGN);

        installRules();

        await().until(() -> checks.size() >= 2);
        assertThat(checks).containsExactlyInAnyOrder("guard", "snat");
        assertThat(watch.status()).isEqualTo(new WatchStatus(true, 0, Optional.empty()));
    }

    @Test
    void lostChangesMakeEverybodyCheck() throws IOException {
        listensAfter(NEVER);
        nftSaysAndStays(LOST);

        installRules();

        await().until(() -> checks.containsAll(List.of("guard", "snat")));
    }

    /** Otherwise its first rules could be changed before it is told of anything. */
    @Test
    void whoHasRulesLaterIsToldOfWhatTheChildSaidBefore() throws IOException {
        listensAfter(NEVER);
        nftSaysAndStays(LOST);

        snat.installed.complete(null);

        await().until(() -> checks.containsAll(List.of("guard", "snat")));
        assertThat(guard.installed).isNotDone();
    }

    @Test
    void theChildIsStartedOnceHoweverManyHaveRules() throws IOException {
        listensAfter(SOON);
        nftDoes("echo started >> " + pid, "exec sleep 3600");

        installRules();

        await().until(() -> watch.status().listening());
        assertThat(pid).hasContent("started");
    }

    @Test
    void aChildThatDiesIsStartedAgain() throws IOException {
        listensAfter(SOON);
        nftSaysAndStays(OURS);
        installRules();
        await().until(() -> watch.status().listening());
        ProcessHandle first = child();
        Files.delete(pid);
        checks.clear();

        first.destroyForcibly();

        assertThat(child().pid()).isNotEqualTo(first.pid());
        await().until(() -> watch.status().equals(new WatchStatus(true, 1, Optional.empty())));
        await().until(() -> checks.containsAll(List.of("guard", "snat")));
    }

    @Test
    void aProgramThatCannotListenIsTriedAgainAndItsLastWordsAreKept() throws IOException {
        listensAfter(NEVER);
        nftDoes("echo 'Operation not permitted' >&2", "exit 1");

        installRules();

        await().until(() -> watch.status().restarts() >= 2);
        assertThat(watch.status().fault()).contains("nft monitor ended with 1: Operation not permitted");
        assertThat(watch.status().listening()).isFalse();
    }

    @Test
    void aProgramThatIsNotThereIsUsedWhenItComes() throws IOException {
        listensAfter(SOON);
        installRules();
        await().until(() -> watch.status().fault().equals(Optional.of("nft is not installed")));

        nftSaysAndStays(OURS);

        await().until(() -> watch.status().listening());
        assertThat(watch.status().fault()).isEmpty();
    }

    @Test
    void theChildEndsWithTheWatch() throws IOException {
        listensAfter(SOON);
        nftSaysAndStays(OURS);
        installRules();
        ProcessHandle child = child();

        watch.close();

        await().until(() -> !child.isAlive());
        assertThat(watch.status().restarts()).isZero();
    }

    private final class Keeper implements RuleKeeper {
        private final String name;
        private final String table;
        private final CompletableFuture<Void> installed = new CompletableFuture<>();

        Keeper(String name, String table) {
            this.name = name;
            this.table = table;
        }

        @Override
        public CompletionStage<Void> installed() {
            return installed;
        }

        @Override
        public boolean concerns(RuleChange change) {
            return change.table().equals(table);
        }

        @Override
        public void checkSoon() {
            checks.add(name);
        }
    }
}

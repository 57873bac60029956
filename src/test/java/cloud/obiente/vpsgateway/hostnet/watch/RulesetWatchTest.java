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

    private final List<String> looks = new CopyOnWriteArrayList<>();
    private Path nft;
    private Path pid;
    private RulesetWatch watch;

    @BeforeEach
    void prepare() {
        nft = directory.resolve("nft");
        pid = directory.resolve("pid");
        listensAfter(SOON);
    }

    private void listensAfter(Duration settling) {
        watch = new RulesetWatch(() -> Optional.of(nft).filter(Files::exists), settling);
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

    private void hear() {
        watch.hear(change -> change.table().equals("inet vps_gateway"), () -> looks.add("guard"));
        watch.hear(change -> change.table().equals("ip nat"), () -> looks.add("snat"));
    }

    private ProcessHandle child() throws IOException {
        await().until(() -> Files.exists(pid));
        return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    }

    @Test
    void nothingRunsUntilSomebodyWantsToHear() throws IOException {
        nftSaysAndStays(OURS);

        watch.close();

        assertThat(pid).doesNotExist();
        assertThat(watch.status()).isEqualTo(new WatchStatus(false, 0, Optional.empty()));
    }

    @Test
    void aChangeMakesThoseLookWhomItConcerns() throws IOException {
        listensAfter(NEVER);
        nftSaysAndStays(OURS);

        hear();

        await().until(() -> !looks.isEmpty());
        assertThat(looks).containsExactly("guard");
        assertThat(watch.status()).isEqualTo(WatchStatus.NOT_YET);
    }

    @Test
    void everybodyLooksWhenTheChildListens() throws IOException {
        nftSaysAndStays(FOREIGN);

        hear();

        await().until(() -> looks.size() >= 2);
        assertThat(looks).containsExactlyInAnyOrder("guard", "snat");
        assertThat(watch.status()).isEqualTo(new WatchStatus(true, 0, Optional.empty()));
    }

    @Test
    void lostChangesMakeEverybodyLook() throws IOException {
        listensAfter(NEVER);
        nftSaysAndStays(LOST);

        hear();

        await().until(() -> looks.containsAll(List.of("guard", "snat")));
    }

    @Test
    void aChildThatDiesIsStartedAgain() throws IOException {
        nftSaysAndStays(OURS);
        hear();
        await().until(() -> watch.status().hearing());
        ProcessHandle first = child();
        Files.delete(pid);
        looks.clear();

        first.destroyForcibly();

        assertThat(child().pid()).isNotEqualTo(first.pid());
        await().until(() -> watch.status().equals(new WatchStatus(true, 1, Optional.empty())));
        await().until(() -> looks.containsAll(List.of("guard", "snat")));
    }

    @Test
    void aProgramThatCannotListenIsTriedAgainAndItsLastWordsAreKept() throws IOException {
        listensAfter(NEVER);
        nftDoes("echo 'Operation not permitted' >&2", "exit 1");

        hear();

        await().until(() -> watch.status().restarts() >= 2);
        assertThat(watch.status().fault()).contains("nft monitor ended with 1: Operation not permitted");
        assertThat(watch.status().hearing()).isFalse();
    }

    @Test
    void aProgramThatIsNotThereIsUsedWhenItComes() throws IOException {
        hear();
        await().until(() -> watch.status().fault().equals(Optional.of("nft is not installed")));

        nftSaysAndStays(OURS);

        await().until(() -> watch.status().hearing());
        assertThat(watch.status().fault()).isEmpty();
    }

    @Test
    void theChildEndsWithTheWatch() throws IOException {
        nftSaysAndStays(OURS);
        hear();
        ProcessHandle child = child();

        watch.close();

        await().until(() -> !child.isAlive());
        assertThat(watch.status().restarts()).isZero();
    }
}

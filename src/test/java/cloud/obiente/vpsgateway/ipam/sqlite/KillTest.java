package cloud.obiente.vpsgateway.ipam.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 in the middle of work: what was answered is there, what was asked happened as a whole or not at all. */
class KillTest {
    private static final int KILLS = Effort.of(4, 12);
    private static final Holding NOTHING = new Holding("none", "none");

    private record Holding(String address, String mac) {}

    @TempDir
    Path directory;

    private final Map<String, Holding> answered = new HashMap<>();
    private final Map<String, String[]> inFlight = new HashMap<>();
    private int answers;

    @Test
    void nothingAnsweredIsLostAndNothingIsDoubled() throws Exception {
        Random random = Seed.random(KillTest.class);
        for (int kill = 0; kill < KILLS; kill++) {
            runUntilKilled(random.nextLong(), 1 + random.nextInt(1000));
            compareWithWhatIsStored();
        }
        assertThat(answers).isGreaterThan(KILLS);
    }

    private void runUntilKilled(long seed, int answersToWaitFor) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-Dorg.sqlite.tmpdir=" + directory,
                        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        file().toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int enough = answers + answersToWaitFor;
        try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
            String text = "";
            char[] buffer = new char[8192];
            for (int read = lines.read(buffer); read >= 0; read = lines.read(buffer)) {
                text += new String(buffer, 0, read);
                int end = text.lastIndexOf('\n') + 1;
                text.substring(0, end).lines().forEach(this::note);
                text = text.substring(end);
                if (answers >= enough) {
                    kill(child);
                }
            }
        } finally {
            kill(child);
        }
        assertThat(child.waitFor()).as("ended by SIGKILL").isEqualTo(137);
    }

    /** By its handle: {@link Process#destroyForcibly} would throw away what the child has said and nobody has read yet. */
    private static void kill(Process child) {
        child.toHandle().destroyForcibly();
    }

    private void note(String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "ask" -> inFlight.put(words[1], words);
            case "now" -> {
                answers++;
                inFlight.remove(words[1]);
                answered.put(words[1], new Holding(words[2], words[3]));
            }
            case "same" -> {
                answers++;
                inFlight.remove(words[1]);
            }
            default -> throw new AssertionError(line);
        }
    }

    private void compareWithWhatIsStored() {
        try (Ipam ipam =
                Ipam.open(KilledWriter.SETTINGS, SqliteAllocationStore.open(file()), Clock.systemUTC(), Thread::new)) {
            IpamSnapshot stored = ipam.snapshot();
            Set<String> all = new HashSet<>(answered.keySet());
            all.addAll(inFlight.keySet());
            for (String vps : all) {
                Holding now = stored.privateOf(VpsId.parse(vps))
                        .map(KillTest::holding)
                        .orElse(NOTHING);
                Holding before = answered.getOrDefault(vps, NOTHING);
                assertThat(now.equals(before) || couldBe(now, before, inFlight.get(vps)))
                        .as("%s was %s, asked %s, is %s", vps, before, inFlight.get(vps), now)
                        .isTrue();
                answered.put(vps, now);
            }
            inFlight.clear();
            assertThat(stored.all()).extracting(Allocation::address).doesNotHaveDuplicates();
            assertThat(stored.all()).allMatch(a -> all.contains(a.vps().toString()));
        }
    }

    private static boolean couldBe(Holding now, Holding before, String[] asked) {
        if (asked == null) {
            return false;
        }
        return switch (asked[2]) {
            case "release" -> now.equals(NOTHING);
            case "allocate" ->
                now.mac().equals(asked[3])
                        && (before.equals(NOTHING) || before.address().equals(now.address()));
            case "bind" -> now.equals(new Holding(asked[4], asked[3]));
            default -> throw new AssertionError(asked[2]);
        };
    }

    private static Holding holding(Allocation allocation) {
        return new Holding(
                allocation.address().toString(), allocation.mac().orElseThrow().toString());
    }

    private Path file() {
        return directory.resolve("ipam.sqlite");
    }
}

package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseFileTearingTest {
    private static final int GENERATIONS = 40;

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Path path;
    private TearingWriter writer;

    /** The generations of which a reader saw a whole view, and those of which it saw a torn one. */
    private record Seen(Set<Long> whole, Set<Long> torn) {}

    private interface Reader {
        List<Lease> read() throws IOException;
    }

    @BeforeEach
    void makeFile() throws IOException {
        path = directory.resolve("dnsmasq.leases");
        Files.writeString(path, TearingWriter.contentOf(1, TearingWriter.leasesOf(1)));
        writer = new TearingWriter(path, new Random(7));
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void stableReadsAreNeverTornWhilePlainReadsAre() throws Exception {
        LeaseFile file = new LeaseFile(path, Clock.systemUTC());
        Reader stable = () -> file.readStable(Duration.ofSeconds(1)).leases();
        Reader plain = () -> LeaseFileParser.parse(Files.readString(path, StandardCharsets.US_ASCII))
                .leases();

        Future<?> writing = threads.submit((Callable<Void>) () -> {
            writer.rewrite(GENERATIONS);
            return null;
        });
        Future<Seen> one = threads.submit(() -> readWhile(writing, stable));
        Future<Seen> two = threads.submit(() -> readWhile(writing, stable));
        Seen naive = readWhile(writing, plain);
        writing.get();

        assertThat(naive.torn()).as("torn plain reads").isNotEmpty();
        assertWholeOnly(one.get());
        assertWholeOnly(two.get());
        assertThat(TearingWriter.isWhole(stable.read())).isTrue();
    }

    /** A writer that the machine holds up in the middle leaves a file that looks finished: not the reader's fault. */
    private void assertWholeOnly(Seen seen) {
        assertThat(writer.heldUp()).as("torn stable reads").containsAll(seen.torn());
        assertThat(seen.whole()).as("whole stable reads").isNotEmpty();
    }

    private static Seen readWhile(Future<?> writing, Reader reader) throws IOException {
        Seen seen = new Seen(new HashSet<>(), new HashSet<>());
        while (!writing.isDone()) {
            try {
                List<Lease> leases = reader.read();
                (TearingWriter.isWhole(leases) ? seen.whole() : seen.torn()).add(TearingWriter.generationOf(leases));
            } catch (LeaseFileUnstableException refused) {
                // What a reader does under constant change: come again.
                Thread.onSpinWait();
            }
        }
        return seen;
    }
}

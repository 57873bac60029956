package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdleCheck.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A writer and readers on real threads: right however these are scheduled. */
@Timeout(300)
class LeaseFileTearingTest {
    private static final int GENERATIONS = 60;
    private static final Duration TIMEOUT = Duration.ofSeconds(200);

    /** A clock that is ahead of the file system's: no file is too young to be read. */
    private static final Clock LATE = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Path path;
    private TearingWriter writer;

    @BeforeEach
    void makeFile() throws IOException {
        path = directory.resolve("dnsmasq.leases");
        Files.writeString(path, TearingWriter.contentOf(1, TearingWriter.leasesOf(1)));
        writer = new TearingWriter(path);
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void readsAreNeverTornHoweverOftenTheFileIsRewritten() throws Exception {
        LeaseFile file = new LeaseFile(path, Clock.systemUTC(), writer);

        Future<Void> writing = threads.submit(this::rewriteAtAnyPace);
        Future<Integer> one = threads.submit(() -> readWhile(writing, file));
        Future<Integer> two = threads.submit(() -> readWhile(writing, file));
        writing.get();

        assertThat(one.get() + two.get()).as("torn reads").isZero();
        assertThat(expiryOf(file.readStable(TIMEOUT).leases())).isEqualTo(GENERATIONS);
    }

    /** Held up within rewrites and between them, for longer and for shorter than a clock tick. */
    private Void rewriteAtAnyPace() throws Exception {
        Random random = new Random(7);
        for (long generation = 1; generation <= GENERATIONS; generation++) {
            int stallAt = random.nextInt(40) * TearingWriter.WRITE_SIZE;
            writer.rewrite(generation, written -> {
                if (written == stallAt) {
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(40));
                }
            });
            TimeUnit.MILLISECONDS.sleep(random.nextInt(40));
        }
        return null;
    }

    /** The number of torn reads. */
    private static int readWhile(Future<?> writing, LeaseFile file) throws IOException {
        int torn = 0;
        while (!writing.isDone()) {
            torn += TearingWriter.isWhole(file.readStable(TIMEOUT).leases()) ? 0 : 1;
        }
        return torn;
    }

    @Test
    void readWaitsForAWriterThatIsHeldUp() throws Exception {
        LeaseFile file = new LeaseFile(path, Clock.systemUTC(), writer);
        HeldUp heldUp = new HeldUp(TearingWriter.WRITE_SIZE);
        Future<Void> writing = threads.submit(heldUp);
        heldUp.reached.await();

        Future<LeaseSnapshot> reading = threads.submit(() -> file.readStable(TIMEOUT));
        List<Lease> plain = readPlain();
        await().atMost(TIMEOUT).until(writer::isBeingAsked);
        boolean answered = reading.isDone();
        heldUp.goOn.countDown();

        assertThat(TearingWriter.isWhole(plain)).as("the plain read is whole").isFalse();
        assertThat(answered).isFalse();
        assertThat(expiryOf(reading.get().leases())).isEqualTo(2);
        writing.get();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, TearingWriter.WRITE_SIZE, 5 * TearingWriter.WRITE_SIZE})
    void readRefusesAFileWhoseWriterIsHeldUpAndDoesNotAnswer(int written) throws Exception {
        LeaseFile file = new LeaseFile(path, LATE, () -> Verdict.UNKNOWN, new ManualTime());
        HeldUp heldUp = new HeldUp(written);
        Future<Void> writing = threads.submit(heldUp);
        heldUp.reached.await();

        assertThat(TearingWriter.isWhole(readPlain()))
                .as("the plain read is whole")
                .isFalse();
        assertThatThrownBy(() -> file.readStable(Duration.ofMillis(999)))
                .isInstanceOf(LeaseFileUnstableException.class);

        heldUp.goOn.countDown();
        writing.get();
        assertThat(expiryOf(file.readStable(TIMEOUT).leases())).isEqualTo(2);
    }

    private List<Lease> readPlain() throws IOException {
        return LeaseFileParser.parse(Files.readString(path, StandardCharsets.US_ASCII))
                .leases();
    }

    private static long expiryOf(List<Lease> leases) {
        assertThat(TearingWriter.isWhole(leases)).isTrue();
        return leases.get(0).expires().orElseThrow().getEpochSecond();
    }

    /** The rewrite to generation 2, which stops where it is told until it is let go. */
    private final class HeldUp implements Callable<Void> {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final int stopAt;

        HeldUp(int stopAt) {
            this.stopAt = stopAt;
        }

        @Override
        public Void call() throws Exception {
            writer.rewrite(2, written -> {
                if (written == stopAt) {
                    reached.countDown();
                    goOn.await();
                }
            });
            return null;
        }
    }
}

package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseWatcherTest {
    @TempDir
    Path directory;

    private final HeardEvents events = new HeardEvents();
    private final List<LeaseSnapshot> changes = new CopyOnWriteArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private Path path;
    private Thread thread;
    private LeaseWatcher watcher;

    @BeforeEach
    void makeWatcher() {
        path = directory.resolve("state").resolve("dnsmasq.leases");
        watcher = new LeaseWatcher(
                new LeaseFile(path, new CountedClock(reads), this::prove), events, task -> thread = new Thread(task));
    }

    @AfterEach
    void close() {
        watcher.close();
    }

    @Test
    void leasesOfTheFileAreKnownAfterTheStart() throws IOException {
        write(LeaseLines.of(leases(2)));
        watcher.start(changes::add);

        await().untilAsserted(() -> assertThat(watcher.latest().leases()).isEqualTo(leases(2)));
    }

    @Test
    void changesAreTold() throws IOException {
        write(LeaseLines.of(leases(1)));
        watcher.start(changes::add);
        await().until(() -> changes.size() == 1);

        write(LeaseLines.of(leases(3)));

        await().until(() -> changes.size() == 2);
        assertThat(changes).last().satisfies(told -> {
            assertThat(told.leases()).isEqualTo(leases(3));
            assertThat(told).isSameAs(watcher.latest());
        });
    }

    @Test
    void rewriteWithTheSameLeasesIsNotTold() throws IOException {
        write(LeaseLines.of(leases(2)));
        watcher.start(changes::add);
        await().until(() -> changes.size() == 1);
        LeaseSnapshot before = watcher.latest();

        write(LeaseLines.of(leases(2)));

        await().until(() -> watcher.latest() != before);
        assertThat(changes).hasSize(1);
    }

    @Test
    void directoryMayComeGoAndComeBack() throws IOException {
        watcher.start(changes::add);
        await().until(() -> watcher.latest() != LeaseSnapshot.UNREAD);
        write(LeaseLines.of(leases(1)));
        await().until(() -> watcher.latest().leases().equals(leases(1)));

        Files.delete(path);
        Files.delete(path.getParent());
        await().until(() -> watcher.latest().leases().isEmpty());
        write(LeaseLines.of(leases(2)));

        await().until(() -> watcher.latest().leases().equals(leases(2)));
    }

    @Test
    void fileThatIsNotWholeLeavesTheLatestLeases() throws IOException {
        write(LeaseLines.of(leases(2)));
        watcher.start(changes::add);
        await().until(() -> watcher.latest().leases().equals(leases(2)));

        write(LeaseLines.of(leases(3)) + "1795");
        int readsBefore = reads.get();
        await().until(() -> reads.get() > readsBefore + 20);
        assertThat(watcher.latest().leases()).isEqualTo(leases(2));

        write(LeaseLines.of(leases(3)));
        await().until(() -> watcher.latest().leases().equals(leases(3)));
    }

    @Test
    void skippedLineIsToldOnce() throws IOException {
        write(LeaseLines.of(leases(1)) + "nonsense\n");
        watcher.start(changes::add);
        await().until(() -> watcher.latest().leases().equals(leases(1)));

        write(LeaseLines.of(leases(2)) + "nonsense\n");

        await().until(() -> watcher.latest().leases().equals(leases(2)));
        assertThat(events.skipped()).hasSize(1);
    }

    @Test
    void listenerThatFailsDoesNotStopTheWatch() throws IOException {
        write(LeaseLines.of(leases(1)));
        watcher.start(told -> {
            changes.add(told);
            throw new IllegalStateException("a fault of the test");
        });
        await().until(() -> changes.size() == 1);

        write(LeaseLines.of(leases(2)));

        await().until(() -> changes.size() == 2);
    }

    @Test
    void closingEndsTheThread() throws IOException {
        write(LeaseLines.of(leases(1)));
        watcher.start(changes::add);
        await().until(() -> watcher.latest().leases().equals(leases(1)));

        watcher.close();

        assertThat(thread.isAlive()).isFalse();
        assertThat(watcher.latest().leases()).isEqualTo(leases(1));
    }

    /** Not while the test writes. */
    private synchronized WriterIdleCheck.Verdict prove() {
        return WriterIdleCheck.Verdict.IDLE;
    }

    private synchronized void write(String content) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    private static List<Lease> leases(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Lease(
                        new MacAddress(0x020000000000L + i),
                        Ipv4Address.parse("10.15.3.20").plus(i),
                        Optional.empty(),
                        Optional.of(Instant.parse("2100-01-01T00:00:00Z").minus(Duration.ofHours(i)))))
                .toList();
    }

    /** Counts how often it is asked, which a reader does at every look at a file that it does not know. */
    private static final class CountedClock extends Clock {
        private final AtomicInteger asked;

        CountedClock(AtomicInteger asked) {
            this.asked = asked;
        }

        @Override
        public Instant instant() {
            asked.incrementAndGet();
            return Clock.systemUTC().instant();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}

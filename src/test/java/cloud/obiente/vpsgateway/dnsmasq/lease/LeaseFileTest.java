package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time passes only in pauses; a file is as old as the test says. */
class LeaseFileTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @TempDir
    Path directory;

    private Path path;
    private Instant now = START;
    private Runnable duringPause = () -> {};
    private LeaseFile file;

    @BeforeEach
    void makeFile() {
        path = directory.resolve("dnsmasq.leases");
        file = new LeaseFile(path, new TestClock(), length -> {
            now = now.plus(length);
            duringPause.run();
        });
    }

    @Test
    void missingFileHoldsNoLeases() throws IOException {
        assertThat(file.readStable(PATIENCE).leases()).isEmpty();
        assertThat(waited()).isZero();
    }

    @Test
    void fileAtRestIsReadAtOnce() throws IOException {
        write(LeaseLines.of(leases(3)), START.minusMillis(50));

        LeaseSnapshot snapshot = file.readStable(PATIENCE);

        assertThat(snapshot.leases()).isEqualTo(leases(3));
        assertThat(snapshot.readAt()).isEqualTo(START);
        assertThat(waited()).isZero();
    }

    @Test
    void unchangedFileIsNotReadAgain() throws IOException {
        write(LeaseLines.of(leases(3)), START.minusMillis(50));

        assertThat(file.readStable(PATIENCE)).isSameAs(file.readStable(PATIENCE));
    }

    @Test
    void changedFileIsReadAgain() throws IOException {
        write(LeaseLines.of(leases(3)), START.minusMillis(90));
        file.readStable(PATIENCE);
        write(LeaseLines.of(leases(2)), START.minusMillis(60));

        assertThat(file.readStable(PATIENCE).leases()).isEqualTo(leases(2));
    }

    @Test
    void youngFileIsGivenTimeToBeFinished() throws IOException {
        write(LeaseLines.of(leases(1)), START.minusMillis(20));
        duringPause = () -> write(LeaseLines.of(leases(2)), START.minusMillis(5));

        assertThat(file.readStable(PATIENCE).leases()).isEqualTo(leases(2));
        assertThat(waited()).isEqualTo(Duration.ofMillis(45));
    }

    @Test
    void halfALineIsNotBelieved() {
        String text = LeaseLines.of(leases(3));
        write(text.substring(0, text.length() - 1), START.minusSeconds(60));

        assertThatThrownBy(() -> file.readStable(PATIENCE))
                .isInstanceOf(LeaseFileUnstableException.class)
                .hasMessageContaining("dnsmasq.leases")
                .hasMessageContaining("1000 ms");
    }

    @Test
    void halfALineThatDnsmasqDoesNotRepairIsAllThereIs() throws IOException {
        write(LeaseLines.of(leases(3)) + "17954", START.minusSeconds(120));

        LeaseSnapshot snapshot = file.readStable(PATIENCE);

        assertThat(snapshot.leases()).isEqualTo(leases(3));
        assertThat(snapshot.skipped()).hasSize(1);
    }

    @Test
    void emptyFileIsBelievedWhenItStaysEmptyHoweverOldItIs() throws IOException {
        write("", START.minusSeconds(3600));

        assertThat(file.readStable(PATIENCE).leases()).isEmpty();
        assertThat(waited()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void fileSeenInTheMomentOfItsTruncationIsNotTakenForEmpty() throws IOException {
        write("", START.minusSeconds(3600));
        duringPause = () -> write(LeaseLines.of(leases(2)), START);

        assertThat(file.readStable(PATIENCE).leases()).isEqualTo(leases(2));
    }

    @Test
    void fileCutBetweenTwoWritesIsNotBelievedAtOnce() throws IOException {
        String whole = TearingWriter.contentOf(1, 100);
        write(whole.substring(0, 4096), START.minusMillis(60));
        duringPause = () -> write(whole, START);

        assertThat(file.readStable(PATIENCE).leases()).hasSize(100);
    }

    @Test
    void malformedLineIsSkippedWhenItStays() throws IOException {
        write(LeaseLines.of(leases(1)) + "nonsense\n", START.minusMillis(50));

        LeaseSnapshot snapshot = file.readStable(PATIENCE);

        assertThat(snapshot.leases()).isEqualTo(leases(1));
        assertThat(snapshot.skipped()).hasSize(1);
        assertThat(waited()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void underConstantChangeTwoEqualLooksWillDo() throws IOException {
        write(LeaseLines.of(leases(1)), START);
        duringPause = () -> write(LeaseLines.of(leases(1)), now.minusMillis(1));

        assertThat(file.readStable(PATIENCE).leases()).isEqualTo(leases(1));
        assertThat(waited()).isBetween(Duration.ofMillis(200), Duration.ofMillis(300));
    }

    @Test
    void contentThatKeepsChangingIsNotBelieved() {
        write(LeaseLines.of(leases(1)), START);
        duringPause = () -> write(LeaseLines.of(leases((int) waited().toMillis() % 90 + 1)), now.minusMillis(1));

        assertThatThrownBy(() -> file.readStable(PATIENCE)).isInstanceOf(LeaseFileUnstableException.class);
    }

    @Test
    void clockSetBackDoesNotBlindUs() throws IOException {
        write(LeaseLines.of(leases(2)), START.plusSeconds(3600));

        assertThat(file.readStable(PATIENCE).leases()).isEqualTo(leases(2));
        assertThat(waited()).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void emptyFileIsBelievedAlsoWhenTheClockWasSetBack() throws IOException {
        write("", START.plusSeconds(3600));

        assertThat(file.readStable(PATIENCE).leases()).isEmpty();
        assertThat(waited()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void interruptEndsTheWait() {
        write(LeaseLines.of(leases(1)), START);
        LeaseFile waiting = new LeaseFile(path, new TestClock(), length -> {
            throw new InterruptedException();
        });

        assertThatThrownBy(() -> waiting.readStable(PATIENCE)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatIsNotAFileIsAFault() throws IOException {
        Files.createDirectory(path);
        Files.setLastModifiedTime(path, FileTime.from(START.minusSeconds(60)));

        assertThatThrownBy(() -> file.readStable(PATIENCE))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(LeaseFileUnstableException.class);
    }

    private Duration waited() {
        return Duration.between(START, now);
    }

    private void write(String content, Instant modified) {
        try {
            Files.writeString(path, content);
            Files.setLastModifiedTime(path, FileTime.from(modified));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Lease> leases(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Lease(
                        new MacAddress(0x020000000000L + i),
                        Ipv4Address.parse("10.15.3.20").plus(i),
                        Optional.empty(),
                        Optional.of(START.plusSeconds(3600))))
                .toList();
    }

    private final class TestClock extends Clock {
        @Override
        public Instant instant() {
            return now;
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

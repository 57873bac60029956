package cloud.obiente.vpsgateway.dnsmasq.lease;

import static cloud.obiente.vpsgateway.dnsmasq.lease.ManualTime.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdleCheck.Verdict;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Time passes only in pauses; a file is as old as the test says. */
class LeaseFileTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** What a writer that is held up leaves: 64 leases of 100. */
    private static final String CUT = TearingWriter.contentOf(1, 100).substring(0, 4096);

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private Path path;
    private Verdict proof = Verdict.IDLE;
    private Runnable beforeTheAnswer = () -> {};
    private int questions;
    private LeaseFile file;

    @BeforeEach
    void makeFile() {
        path = directory.resolve("dnsmasq.leases");
        file = new LeaseFile(path, time, this::prove, time);
    }

    private Verdict prove() {
        questions++;
        beforeTheAnswer.run();
        return proof;
    }

    @ParameterizedTest
    @EnumSource
    void missingFileHoldsNoLeases(Verdict any) throws IOException {
        proof = any;

        assertThat(file.readStable(TIMEOUT).leases()).isEmpty();
        assertThat(time.passed()).isZero();
    }

    @Test
    void unchangedFileIsNotReadAgain() throws IOException {
        write(LeaseLines.of(leases(3)), START.minusMillis(50));

        assertThat(file.readStable(TIMEOUT)).isSameAs(file.readStable(TIMEOUT));
        assertThat(questions).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void changedFileIsReadAgain(Verdict any) throws IOException {
        proof = any;
        write(LeaseLines.of(leases(2)), START.minusMillis(90));
        file.readStable(TIMEOUT);
        write(LeaseLines.of(leases(3)), START.minusMillis(60));

        assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(3));
    }

    /** The next rewrite could give it the same stamp. */
    @ParameterizedTest
    @EnumSource(names = {"IDLE", "NOT_RUNNING"})
    void fileIsGivenOneTickOfTheClock(Verdict sure) throws IOException {
        proof = sure;
        write(LeaseLines.of(leases(1)), START.minusMillis(3));
        time.meanwhile(() -> write(LeaseLines.of(leases(2)), START.minusMillis(3)));

        assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(2));
        assertThat(time.passed()).isEqualTo(Duration.ofMillis(7));
    }

    @Test
    void clockSetBackDoesNotBlindUs() throws IOException {
        write(LeaseLines.of(leases(2)), START.plusSeconds(3600));

        assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(2));
        assertThat(time.passed()).isZero();
    }

    @Test
    void clockSetBackALittleIsWaitedFor() throws IOException {
        write(LeaseLines.of(leases(2)), START.plusMillis(300));

        assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(2));
        assertThat(time.passed()).isEqualTo(Duration.ofMillis(310));
    }

    @Test
    void interruptEndsTheWait() {
        write(LeaseLines.of(leases(1)), START);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> file.readStable(TIMEOUT)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatIsNotAFileIsAFault() throws IOException {
        Files.createDirectory(path);
        Files.setLastModifiedTime(path, FileTime.from(START.minusSeconds(60)));

        assertThatThrownBy(() -> file.readStable(TIMEOUT))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(LeaseFileUnstableException.class);
    }

    /** dnsmasq answers, so nothing that it had begun is unfinished. */
    @Nested
    class WithProof {
        @ParameterizedTest
        @ValueSource(strings = {"", "nonsense\n"})
        void foreignFileIsBelievedAtOnce(String content) throws IOException {
            write(content, START.minusMillis(10));

            assertThat(file.readStable(TIMEOUT).leases()).isEmpty();
            assertThat(time.passed()).isZero();
        }

        @Test
        void fileIsReadAtOnce() throws IOException {
            write(LeaseLines.of(leases(3)), START.minusMillis(10));

            LeaseSnapshot snapshot = file.readStable(TIMEOUT);

            assertThat(snapshot.leases()).isEqualTo(leases(3));
            assertThat(snapshot.readAt()).isEqualTo(START);
            assertThat(time.passed()).isZero();
        }

        @Test
        void fileSeenInTheMomentOfItsTruncationIsNotTakenForEmpty() throws IOException {
            write("", START.minusSeconds(3600));
            beforeTheAnswer = () -> write(LeaseLines.of(leases(2)), START);

            assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(2));
        }

        @Test
        void fileCutBetweenTwoWritesIsNotTakenForFinished() throws IOException {
            write(CUT, START.minusMillis(60));
            beforeTheAnswer = () -> write(TearingWriter.contentOf(1, 100), START);

            assertThat(file.readStable(TIMEOUT).leases()).hasSize(100);
        }

        @Test
        void fileThatKeepsChangingIsNotBelieved() {
            write(LeaseLines.of(leases(1)), START.minusMillis(10));
            beforeTheAnswer = () -> write(LeaseLines.of(leases(questions % 90 + 2)), time.instant());

            assertThatThrownBy(() -> file.readStable(TIMEOUT)).isInstanceOf(LeaseFileUnstableException.class);
        }

        /** dnsmasq could not write, and will try again. */
        @Test
        void halfALineIsNotBelieved() {
            write(LeaseLines.of(leases(3)) + "17954", START.minusSeconds(60));

            assertThatThrownBy(() -> file.readStable(TIMEOUT))
                    .isInstanceOf(LeaseFileUnstableException.class)
                    .hasMessageContaining("dnsmasq.leases")
                    .hasMessageContaining("2000 ms");
        }

        @Test
        void halfALineThatDnsmasqDoesNotRepairIsAllThereIs() throws IOException {
            write(LeaseLines.of(leases(3)) + "17954", START.minusSeconds(120));

            LeaseSnapshot snapshot = file.readStable(TIMEOUT);

            assertThat(snapshot.leases()).isEqualTo(leases(3));
            assertThat(snapshot.skipped()).hasSize(1);
        }
    }

    @Nested
    class WithoutWriter {
        @BeforeEach
        void end() {
            proof = Verdict.NOT_RUNNING;
        }

        @Test
        void whatIsLeftIsAllThereIs() throws IOException {
            write(LeaseLines.of(leases(3)) + "17954", START.minusMillis(10));

            LeaseSnapshot snapshot = file.readStable(TIMEOUT);

            assertThat(snapshot.leases()).isEqualTo(leases(3));
            assertThat(snapshot.skipped()).hasSize(1);
            assertThat(time.passed()).isZero();
        }
    }

    /** dnsmasq does not answer: only time is left. */
    @Nested
    class WithoutProof {
        @BeforeEach
        void silence() {
            proof = Verdict.UNKNOWN;
        }

        @Test
        void fileAtRestIsReadAtOnce() throws IOException {
            write(LeaseLines.of(leases(3)), START.minusMillis(50));

            assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(3));
            assertThat(time.passed()).isZero();
        }

        @Test
        void youngFileIsGivenTimeToBeFinished() throws IOException {
            write(LeaseLines.of(leases(1)), START.minusMillis(20));
            time.meanwhile(() -> write(LeaseLines.of(leases(2)), START.minusMillis(5)));

            assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(2));
            assertThat(time.passed()).isEqualTo(Duration.ofMillis(50));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "nonsense\n"})
        void foreignFileIsBelievedAfterASecondHoweverOldItIs(String content) throws IOException {
            write(content, START.minusSeconds(3600));

            assertThat(file.readStable(TIMEOUT).leases()).isEmpty();
            assertThat(time.passed()).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void foreignFileIsBelievedAfterASecondAlsoWhenTheClockWasSetBack() throws IOException {
            write("", START.plusSeconds(3600));

            assertThat(file.readStable(TIMEOUT).leases()).isEmpty();
            assertThat(time.passed()).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void fileCutBetweenTwoWritesIsNotBelieved() throws IOException {
            write(CUT, START.minusSeconds(3600));

            assertThatThrownBy(() -> file.readStable(Duration.ofMillis(999)))
                    .isInstanceOf(LeaseFileUnstableException.class);
            assertThat(questions).isGreaterThan(1);
        }

        @Test
        void theSecondMayBeMadeUpOfSeveralReads() throws IOException {
            write(CUT, START.minusSeconds(3600));

            assertThatThrownBy(() -> file.readStable(Duration.ofMillis(600)))
                    .isInstanceOf(LeaseFileUnstableException.class);
            assertThat(file.readStable(Duration.ofMillis(600)).leases()).hasSize(64);
            assertThat(time.passed()).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void theSecondStartsAnewWhenTheFileChanges() {
            write(CUT, START.minusSeconds(3600));
            time.meanwhile(() -> write(CUT, START.plus(time.passed()).minusSeconds(60)));

            assertThatThrownBy(() -> file.readStable(TIMEOUT)).isInstanceOf(LeaseFileUnstableException.class);
        }

        @Test
        void fewerLeasesThanBeforeAreBelievedAfterASecond() throws IOException {
            write(LeaseLines.of(leases(3)), START.minusSeconds(120));
            file.readStable(TIMEOUT);
            write(LeaseLines.of(leases(2)), START.minusSeconds(60));

            assertThat(file.readStable(TIMEOUT).leases()).isEqualTo(leases(2));
            assertThat(time.passed()).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void anAnswerAtLastEndsTheWait() throws IOException {
            write(CUT, START.minusSeconds(60));
            time.meanwhile(() -> proof = Verdict.IDLE);

            assertThat(file.readStable(TIMEOUT).leases()).hasSize(64);
            assertThat(time.passed()).isEqualTo(Duration.ofMillis(50));
        }

        @Test
        void halfALineIsNotBelieved() {
            write(LeaseLines.of(leases(3)) + "17954", START.minusSeconds(60));

            assertThatThrownBy(() -> file.readStable(TIMEOUT)).isInstanceOf(LeaseFileUnstableException.class);
        }
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
}

package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFileView.Stamp;
import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdleCheck.Verdict;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The file in which dnsmasq keeps its leases, read so that a half-written one is never believed.
 *
 * <p>dnsmasq truncates the file and writes it anew, in place, at every change; there is no trailer and no checksum. So we
 * read the file's stamp, confirm that dnsmasq is idle <em>after</em> that, and read. If the stamp is still the
 * same then, no rewrite was under way during the read, and the content is whole: what was under way at the first stamp was
 * finished at the proof and would show, and so would what began later.
 *
 * <p>Without a proof only time is left to judge by, which can err when dnsmasq is held up in the middle of a rewrite: what
 * looks whole must have been at rest for {@value #QUIET_MILLIS} ms, and what may be cut short is only believed after it was
 * seen unchanged for {@value #DOUBT_MILLIS} ms.
 *
 * <p>Safe on any thread that may block. State: the last snapshot with its stamp, and since when the latest stamp has been
 * seen; each replaced as one immutable object by whichever thread has read. A thread that is late replaces it with an
 * older one, which costs another read, not the truth.
 */
public final class LeaseFile {
    /**
     * The coarsest clock that Linux stamps files with (100 Hz). A change that comes later than this after another gets
     * another modification time.
     */
    private static final Duration TICK = Duration.ofMillis(10);
    /** A modification time this far ahead comes from a clock that was set back since; no change will get it again soon. */
    private static final Duration AHEAD = Duration.ofSeconds(1);

    private static final long QUIET_MILLIS = 50;
    private static final long DOUBT_MILLIS = 1000;
    private static final Duration QUIET_TIME = Duration.ofMillis(QUIET_MILLIS);
    private static final Duration DOUBT = Duration.ofMillis(DOUBT_MILLIS);

    /**
     * A write that failed, say on a full disk, is repeated after 60 s (LEASE_RETRY in dnsmasq's lease.c). Half a line that
     * has been there for longer will stay: it is all that dnsmasq itself would read back.
     */
    private static final Duration REPAIRED_WITHIN = Duration.ofMinutes(2);

    private record CachedContent(Stamp stamp, LeaseSnapshot snapshot) {}

    private record Sighting(Stamp stamp, long firstNanos) {}

    /** What an attempt has read, or how long to wait before the next one. */
    private record ReadAttempt(Optional<LeaseSnapshot> whole, Duration pause) {
        static ReadAttempt at(LeaseSnapshot whole) {
            return new ReadAttempt(Optional.of(whole), Duration.ZERO);
        }

        static ReadAttempt againAfter(Duration pause) {
            return new ReadAttempt(Optional.empty(), pause);
        }
    }

    private final Path path;
    private final Clock clock;
    private final WriterIdleCheck writer;
    private final WaitClock time;
    private volatile Optional<CachedContent> known = Optional.empty();
    private volatile Optional<Sighting> sighting = Optional.empty();

    public LeaseFile(Path path, Clock clock, WriterIdleCheck writer) {
        this(path, clock, writer, WaitClock.REAL);
    }

    /** @param clock the one that stamps files: modification times are compared with it */
    public LeaseFile(Path path, Clock clock, WriterIdleCheck writer, WaitClock time) {
        this.path = path;
        this.clock = clock;
        this.writer = writer;
        this.time = time;
    }

    public Path path() {
        return path;
    }

    /**
     * Reads the leases as they are now; a missing file holds none. Costs one stat when nothing has changed since the last
     * read, otherwise usually a question to dnsmasq, asked a clock tick after the last change.
     *
     * @param timeout how long to try; an attempt that has begun is finished
     * @throws LeaseFileUnstableException when the file was not seen whole in that time
     * @throws InterruptedIOException when the thread is interrupted while waiting; its interrupt status stays set
     * @throws IOException when the file cannot be read
     */
    public LeaseSnapshot readStable(Duration timeout) throws IOException {
        long start = time.nanos();
        try {
            while (true) {
                ReadAttempt check = tryRead();
                if (check.whole().isPresent()) {
                    return check.whole().get();
                }
                Duration spent = since(start);
                if (spent.compareTo(timeout) >= 0) {
                    throw new LeaseFileUnstableException(path, spent);
                }
                time.pass(shorter(check.pause(), timeout.minus(spent)));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + path);
        }
    }

    private ReadAttempt tryRead() throws IOException, InterruptedException {
        Optional<Stamp> stamp = Stamp.of(path);
        if (stamp.isEmpty()) {
            return ReadAttempt.at(new LeaseSnapshot(List.of(), List.of(), clock.instant()));
        }
        Optional<CachedContent> same = known.filter(k -> k.stamp().equals(stamp.get()));
        if (same.isPresent()) {
            return ReadAttempt.at(same.get().snapshot());
        }
        Duration age = Duration.between(stamp.get().modified().toInstant(), clock.instant());
        // The next change could get the same stamp.
        if (age.compareTo(TICK) < 0 && age.compareTo(AHEAD.negated()) > 0) {
            return ReadAttempt.againAfter(TICK.minus(age));
        }
        return read(stamp.get(), age);
    }

    private ReadAttempt read(Stamp stamp, Duration age) throws IOException, InterruptedException {
        long firstSeen = firstSeen(stamp);
        Verdict proof = writer.check();
        Duration seenFor = since(firstSeen);
        Optional<LeaseFileView> view = LeaseFileView.of(path, stamp);
        if (view.isEmpty()) {
            return ReadAttempt.againAfter(TICK);
        }
        if (!isBelievable(view.get(), proof, age, seenFor)) {
            return ReadAttempt.againAfter(QUIET_TIME);
        }
        LeaseSnapshot whole = new LeaseSnapshot(
                view.get().parsed().leases(), view.get().parsed().skipped(), clock.instant());
        known = Optional.of(new CachedContent(stamp, whole));
        return ReadAttempt.at(whole);
    }

    private long firstSeen(Stamp stamp) {
        Sighting seen = sighting.filter(before -> before.stamp().equals(stamp))
                .orElseGet(() -> new Sighting(stamp, time.nanos()));
        sighting = Optional.of(seen);
        return seen.firstNanos();
    }

    private boolean isBelievable(LeaseFileView view, Verdict proof, Duration age, Duration seenFor) {
        return switch (proof) {
            case NOT_RUNNING -> true;
            case IDLE -> view.shape() != LeaseFileView.Shape.UNTERMINATED || isAbandoned(age, seenFor);
            case UNKNOWN -> isQuiet(view, age, seenFor);
        };
    }

    private boolean isQuiet(LeaseFileView view, Duration age, Duration seenFor) {
        return switch (view.shape()) {
            case WHOLE ->
                longer(age, seenFor).compareTo(QUIET_TIME) >= 0 && (!isShrunk(view) || seenFor.compareTo(DOUBT) >= 0);
            case DOUBTFUL -> seenFor.compareTo(DOUBT) >= 0;
            case UNTERMINATED -> isAbandoned(age, seenFor);
        };
    }

    private static boolean isAbandoned(Duration age, Duration seenFor) {
        return longer(age, seenFor).compareTo(REPAIRED_WITHIN) >= 0;
    }

    private boolean isShrunk(LeaseFileView view) {
        return known.filter(last ->
                        view.parsed().leases().size() < last.snapshot().leases().size())
                .isPresent();
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(time.nanos() - nanos);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}

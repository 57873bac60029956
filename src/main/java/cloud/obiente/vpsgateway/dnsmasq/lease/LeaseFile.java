package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.dnsmasq.lease.FileView.Stamp;
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
 * <p>dnsmasq truncates the file and writes it anew, in place, at every change; there is no trailer and no checksum. A look
 * is believed when the file had been at rest for {@value #REST_MILLIS} ms and did not change during the look. When changes
 * come too fast for that, two equal looks {@value #STEP_MILLIS} ms apart will do. A file that may be cut short must look
 * the same for {@value #PROOF_MILLIS} ms.
 *
 * <p>Safe on any thread. The only state is the last read of a file at rest with its stamp, replaced as one immutable
 * object by whichever thread has read; a thread that is late replaces it with an older pair, which costs a read, not the
 * truth.
 */
public final class LeaseFile {
    private static final long REST_MILLIS = 50;
    private static final long STEP_MILLIS = 10;
    private static final long PROOF_MILLIS = 100;
    private static final Duration REST = Duration.ofMillis(REST_MILLIS);
    private static final Duration STEP = Duration.ofMillis(STEP_MILLIS);
    private static final Duration PROOF = Duration.ofMillis(PROOF_MILLIS);
    private static final Duration BUSY_AFTER = Duration.ofMillis(200);

    /**
     * A write that failed, say on a full disk, is repeated after 60 s (LEASE_RETRY in dnsmasq's lease.c). Half a line that
     * has been there for longer will stay: it is all that dnsmasq itself would read back.
     */
    private static final Duration REPAIRED_WITHIN = Duration.ofMinutes(2);

    private record Known(Stamp stamp, LeaseSnapshot snapshot) {}

    private final Path path;
    private final Clock clock;
    private final Pause pause;
    private volatile Optional<Known> known = Optional.empty();

    public LeaseFile(Path path, Clock clock) {
        this(path, clock, Pause.REAL);
    }

    /** @param clock the one that stamps files: modification times are compared with it */
    public LeaseFile(Path path, Clock clock, Pause pause) {
        this.path = path;
        this.clock = clock;
        this.pause = pause;
    }

    public Path path() {
        return path;
    }

    /**
     * Reads the leases as they are now; a missing file holds none. Costs one stat when nothing has changed since a read at
     * rest, otherwise usually a wait of {@value #REST_MILLIS} ms after the last change.
     *
     * @param patience how long to wait in total, reading time not counted
     * @throws LeaseFileUnstableException when the file was not seen whole in that time
     * @throws InterruptedIOException when the thread is interrupted while waiting; its interrupt status stays set
     * @throws IOException when the file cannot be read
     */
    public LeaseSnapshot readStable(Duration patience) throws IOException {
        return new Attempt(patience).read();
    }

    /** One call of {@link #readStable}, on the thread of its caller. */
    private final class Attempt {
        private final Duration patience;
        private Duration waited = Duration.ZERO;
        /** Time since the last change; negative when the clock has been set back. */
        private Duration age = Duration.ZERO;

        private Optional<FileView> lastView = Optional.empty();
        /** The value of {@code waited} when {@code lastView} was first seen. */
        private Duration lastViewSince = Duration.ZERO;

        Attempt(Duration patience) {
            this.patience = patience;
        }

        LeaseSnapshot read() throws IOException {
            while (true) {
                Optional<LeaseSnapshot> whole = look();
                if (whole.isPresent()) {
                    return whole.get();
                }
                if (waited.compareTo(patience) >= 0) {
                    throw new LeaseFileUnstableException(path, waited);
                }
                await();
            }
        }

        private Optional<LeaseSnapshot> look() throws IOException {
            Optional<Stamp> stamp = Stamp.of(path);
            if (stamp.isEmpty()) {
                return Optional.of(new LeaseSnapshot(List.of(), List.of(), clock.instant()));
            }
            Optional<Known> same = known.filter(k -> k.stamp().equals(stamp.get()));
            if (same.isPresent()) {
                return same.map(Known::snapshot);
            }
            age = Duration.between(stamp.get().modified().toInstant(), clock.instant());
            return isAtRest() || isBusy() ? read(stamp.get()) : Optional.empty();
        }

        private Optional<LeaseSnapshot> read(Stamp stamp) throws IOException {
            Optional<FileView> view = FileView.of(path, stamp);
            if (view.isEmpty() || lastView.isEmpty() || !view.get().hasContentOf(lastView.get())) {
                lastViewSince = waited;
            }
            lastView = view;
            Optional<LeaseSnapshot> whole = view.filter(this::isBelievable).map(this::snapshot);
            // Only then a later change is sure to give the file another modification time.
            if (isAtRest()) {
                whole.ifPresent(snapshot -> known = Optional.of(new Known(stamp, snapshot)));
            }
            return whole;
        }

        private boolean isBelievable(FileView view) {
            Duration sameFor = waited.minus(lastViewSince);
            return switch (view.shape()) {
                case WHOLE -> isAtRest() || sameFor.compareTo(STEP) >= 0;
                case DOUBTFUL -> sameFor.compareTo(PROOF) >= 0;
                case UNTERMINATED -> age.compareTo(REPAIRED_WITHIN) >= 0;
            };
        }

        private boolean isAtRest() {
            return age.compareTo(REST) >= 0;
        }

        private boolean isBusy() {
            return waited.compareTo(BUSY_AFTER) >= 0 || age.isNegative();
        }

        private LeaseSnapshot snapshot(FileView view) {
            return new LeaseSnapshot(view.parsed().leases(), view.parsed().skipped(), clock.instant());
        }

        private void await() throws InterruptedIOException {
            Duration wanted = isAtRest() ? REST : isBusy() ? STEP : REST.minus(age);
            Duration left = patience.minus(waited);
            Duration length = wanted.compareTo(left) < 0 ? wanted : left;
            try {
                pause.of(length);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for " + path);
            }
            waited = waited.plus(length);
        }
    }
}

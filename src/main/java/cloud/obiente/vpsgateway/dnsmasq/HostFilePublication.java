package cloud.obiente.vpsgateway.dnsmasq;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Which changes wait, which are being read by the child, and when the next reload may begin. Confined to the supervisor
 * thread.
 *
 * <p>A reload is one SIGHUP, confirmed by the two lines that dnsmasq logs when it has read the two files. The next one is
 * not sent before that: dnsmasq gives no sign of which signal a line answers. All changes that arrive meanwhile share the
 * next reload. After a reload the child is left alone for as long as the reload took, because it serves nobody while it
 * reads.
 */
final class HostFilePublication {

    /** The files whose reading makes a change effective. */
    enum Part {
        HOSTS,
        DHCP_HOSTS
    }

    /** So many changes may wait before those that nobody waits for any more are removed. */
    private static final int FIRST_SWEEP = 1_000;

    private final Set<Part> parts;
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private List<CompletableFuture<Void>> reading = new ArrayList<>();
    private final Set<Part> unread = EnumSet.noneOf(Part.class);
    private HostFiles effective;
    private HostFiles written;
    private int sweepAt = FIRST_SWEEP;
    private boolean rereadWanted;
    private long begunNanos;
    private long pauseUntilNanos;

    HostFilePublication(List<Part> parts, long nowNanos) {
        this.parts = EnumSet.copyOf(parts);
        this.pauseUntilNanos = nowNanos;
    }

    /** A change that waits for confirmation. A cancelled one is forgotten sooner or later. */
    CompletableFuture<Void> add() {
        if (waiting.size() >= sweepAt) {
            waiting.removeIf(CompletableFuture::isDone);
            sweepAt = Math.max(FIRST_SWEEP, 2 * waiting.size());
        }
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        waiting.add(confirmed);
        return confirmed;
    }

    /** Makes the next reload happen even if the files stay the same, because dnsmasq is to forget something. */
    void wantReread() {
        rereadWanted = true;
    }

    int waiting() {
        return waiting.size();
    }

    boolean inProgress() {
        return !unread.isEmpty();
    }

    /** How long the child has been at a reload; zero when it is not. */
    Duration readingFor(long nowNanos) {
        return inProgress() ? Duration.ofNanos(nowNanos - begunNanos) : Duration.ZERO;
    }

    boolean wanted() {
        return rereadWanted || !waiting.isEmpty();
    }

    /** How long the child must still be left alone; zero or negative: not at all. */
    Duration pauseLeft(long nowNanos) {
        return Duration.ofNanos(pauseUntilNanos - nowNanos);
    }

    /** Whether the child already serves exactly these files, so that there is nothing to reload. */
    boolean isEffective(HostFiles files) {
        return !rereadWanted && !inProgress() && files.equals(effective);
    }

    /** The files that were put on disk last; null before the first time. */
    HostFiles written() {
        return written;
    }

    /** The files are on disk, and the child has been started or signalled: what waited is being read. */
    void begin(HostFiles files, long nowNanos) {
        written = files;
        effective = null;
        rereadWanted = false;
        reading.addAll(waiting);
        waiting = new ArrayList<>();
        unread.addAll(parts);
        begunNanos = nowNanos;
    }

    /**
     * The child has read a file.
     *
     * @return how long the reload took, when this line completes it; otherwise null
     */
    Duration read(Part part, long nowNanos) {
        if (!unread.remove(part) || !unread.isEmpty()) {
            return null;
        }
        effective = written;
        Duration took = Duration.ofNanos(nowNanos - begunNanos);
        pauseUntilNanos = nowNanos + took.toNanos();
        return took;
    }

    /** Takes what a completed reload has made effective. */
    List<CompletableFuture<Void>> takeConfirmed() {
        List<CompletableFuture<Void>> confirmed = reading;
        reading = new ArrayList<>();
        return confirmed;
    }

    /** Takes what waits although nothing has to be reloaded for it. */
    List<CompletableFuture<Void>> takeWaiting() {
        List<CompletableFuture<Void>> confirmed = waiting;
        waiting = new ArrayList<>();
        return confirmed;
    }

    /** The reload will not be confirmed, because the child is gone or was not reached: all of it waits for the next one. */
    void interrupted(long nowNanos) {
        reading.addAll(waiting);
        waiting = reading;
        reading = new ArrayList<>();
        unread.clear();
        effective = null;
        pauseUntilNanos = nowNanos;
    }
}

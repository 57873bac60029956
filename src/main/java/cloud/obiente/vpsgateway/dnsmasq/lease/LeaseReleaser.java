package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Releases leases that violate the entitlement, and confirms it: a DHCPRELEASE has no answer, so it is repeated until
 * the lease is gone from the lease file. Owns the pending endings, on its one thread {@code lease-ender}; all that are
 * pending share each reading of the file.
 *
 * <p>The reservation must be gone from the running dnsmasq before: otherwise the client's next request brings the lease
 * back.
 */
public final class LeaseReleaser implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaseReleaser.class);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

    /**
     * @param deadline from the request to the answer, whatever the outcome (the check in progress is finished)
     * @param resend between two releases of one lease; also the longest wait for a quiet file in one check
     * @param checkInterval between two checks of the file
     */
    public record Timing(Duration deadline, Duration resend, Duration checkInterval) {
        public static final Timing DEFAULT =
                new Timing(Duration.ofSeconds(3), Duration.ofMillis(300), Duration.ofMillis(10));
    }

    private final LeaseFile file;
    private final LeaseEntitlement entitlement;
    private final LeaseListener listener;
    private final Clock clock;
    private final Timing timing;
    private final PendingReleases releases;
    private final Thread thread;
    private final BlockingQueue<ReleaseRequest> arrivals = new LinkedBlockingQueue<>();
    private final List<ReleaseRequest> pending = new ArrayList<>();
    private volatile boolean closed;
    private String lastTrouble = "";

    private LeaseReleaser(
            LeaseFile file,
            LeaseEntitlement entitlement,
            ReleaseSender sender,
            LeaseListener listener,
            Clock clock,
            Timing timing,
            ThreadFactory threads) {
        this.file = file;
        this.entitlement = entitlement;
        this.listener = listener;
        this.clock = clock;
        this.timing = timing;
        this.releases = new PendingReleases(sender, timing.resend());
        this.thread = threads.newThread(this::run);
        thread.setName("lease-ender");
    }

    /**
     * @param clock the wall clock: leases expire by it
     * @param threads makes the one thread; it gets its name here
     */
    public static LeaseReleaser start(
            LeaseFile file,
            LeaseEntitlement entitlement,
            ReleaseSender sender,
            LeaseListener listener,
            Clock clock,
            Timing timing,
            ThreadFactory threads) {
        LeaseReleaser releaser = new LeaseReleaser(file, entitlement, sender, listener, clock, timing, threads);
        releaser.thread.start();
        return releaser;
    }

    /**
     * Ends every live lease of these addresses that is not held by the NIC entitled to it. Any thread; never waits.
     *
     * @return completed on {@code lease-ender}, so what follows without an executor must be quick; exceptionally only by a
     *     fault of the entitlement, the sender or the listener
     */
    public CompletionStage<ReleaseResult> release(Set<Ipv4Address> addresses) {
        ReleaseRequest request = new ReleaseRequest(
                Set.copyOf(addresses), System.nanoTime() + timing.deadline().toNanos());
        arrivals.add(request);
        if (closed) {
            refuse(request);
        }
        return request.result();
    }

    /** Stops within moments; what is pending is answered as unverified. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(SHUTDOWN_TIMEOUT.toMillis());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed) {
                takeArrivals();
                runOnce();
            }
        } catch (InterruptedException stop) {
            LOG.debug("no longer ending leases");
        } finally {
            arrivals.drainTo(pending);
            pending.forEach(LeaseReleaser::refuse);
        }
    }

    private static void refuse(ReleaseRequest request) {
        request.giveUp(request.unconfirmed("the gateway is stopping"));
    }

    private void takeArrivals() throws InterruptedException {
        ReleaseRequest first = pending.isEmpty()
                ? arrivals.take()
                : arrivals.poll(timing.checkInterval().toNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
            pending.add(first);
            arrivals.drainTo(pending);
        }
    }

    /** Everything pending was requested before the check, so the check may answer it. */
    private void runOnce() {
        try {
            check().ifPresent(this::evaluate);
            pending.removeIf(ReleaseRequest::isDone);
            giveUpOverdue();
            releases.send(stillWanted()).ifPresent(this::remember);
        } catch (RuntimeException fault) {
            LOG.error("ending leases failed", fault);
            pending.forEach(request -> request.fail(fault));
            pending.clear();
        }
    }

    private Optional<LeaseSnapshot> check() {
        try {
            return Optional.of(file.readStable(timing.resend()));
        } catch (IOException unreadable) {
            remember(unreadable);
            return Optional.empty();
        }
    }

    private void evaluate(LeaseSnapshot snapshot) {
        Instant now = clock.instant();
        releases.takeEnded(snapshot, now).forEach(listener::leaseEnded);
        pending.forEach(request -> request.evaluate(snapshot, entitlement, now));
    }

    /** After a failed check the last one counts, but the entitlement may have changed since. */
    private List<Lease> stillWanted() {
        return pending.stream()
                .flatMap(request -> request.lastSeen().stream())
                .filter(entitlement::isViolatedBy)
                .toList();
    }

    private void giveUpOverdue() {
        long now = System.nanoTime();
        for (ReleaseRequest request : pending) {
            if (request.isOverdue(now)) {
                ReleaseResult.Unconfirmed result = request.unconfirmed(why(request));
                listener.releaseUnconfirmed(result);
                request.giveUp(result);
            }
        }
        pending.removeIf(ReleaseRequest::isDone);
        if (pending.isEmpty()) {
            lastTrouble = "";
        }
    }

    private String why(ReleaseRequest request) {
        String seen = request.lastSeen().isEmpty()
                ? "the lease file was not seen whole"
                : "dnsmasq still holds " + request.lastSeen().size() + " of the leases";
        return seen + " after " + timing.deadline().toMillis() + " ms" + lastTrouble;
    }

    private void remember(IOException trouble) {
        lastTrouble = " (" + trouble.getMessage() + ")";
    }
}

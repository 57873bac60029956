package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEntitlement;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseReleaser;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.dnsmasq.lease.ReleaseResult;
import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Compares what is served with what was decided, at an interval and on request, and repairs what differs: files that
 * somebody edited, kernel rules that somebody changed, changes that dnsmasq did not confirm, leases in the wrong hands.
 *
 * <p>Owns the thread {@code reconcile} and when it last ran. A run never waits for dnsmasq, so one that hangs cannot stop
 * the next check.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Reconciler.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Told of each repair, on any thread; must be quick. */
    public interface RepairListener {
        void repaired(Repair repair);
    }

    /** What was found different; the label of a metric. */
    public enum Repair {
        /** dnsmasq's files were not as written. */
        FILES,
        /** A lease was in the hands of a MAC that has no right to its address. */
        LEASE,
        /** The rule for the outbound address was not as written; found and mended where it is kept. */
        SNAT,
        /** A table, chain or rule of the address guard was changed; found and mended by the guard, as the next two. */
        GUARD_RULES,
        /** An element of the guard's sets was missing, or not ours. */
        GUARD_ELEMENT,
        /** A permanent neighbour entry was missing or wrong. */
        NEIGHBOUR,
        /** The table of what one VPS may send to DNS and DHCP was changed; found and mended where it is kept. */
        LIMITS
    }

    private final Dnsmasq dnsmasq;
    private final LeaseWatcher leases;
    private final LeaseReleaser leaseReleaser;
    private final AddressGuard guard;
    private final LeaseEntitlement entitlement;
    private final RepairListener listener;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, work -> new Thread(work, "reconcile"));
    /** Thread {@code reconcile}. */
    private final SuspectLeases suspects = new SuspectLeases();

    private final AtomicBoolean soon = new AtomicBoolean();
    private final Duration interval;
    private volatile long lastRunNanos = System.nanoTime();

    /** @param interval from one run to the next */
    public Reconciler(
            Dnsmasq dnsmasq,
            LeaseWatcher leases,
            LeaseReleaser leaseReleaser,
            AddressGuard guard,
            LeaseEntitlement entitlement,
            RepairListener listener,
            Clock clock,
            Duration interval) {
        this.dnsmasq = dnsmasq;
        this.leases = leases;
        this.leaseReleaser = leaseReleaser;
        this.guard = guard;
        this.entitlement = entitlement;
        this.listener = listener;
        this.clock = clock;
        this.interval = interval;
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs at the interval from now on. */
    public void start() {
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                this::run, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs once more within a second; requests that come meanwhile share that run. */
    public void runSoon() {
        if (soon.compareAndSet(false, true)) {
            try {
                ScheduledFuture<?> unused = thread.schedule(this::runRequested, SOON.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closed) {
                LOG.debug("no longer reconciling", closed);
            }
        }
    }

    public Duration interval() {
        return interval;
    }

    /** How long ago a run last came to its end, for the liveness check; whatever becomes of the wall clock. */
    public Duration sinceLastRun() {
        return Duration.ofNanos(System.nanoTime() - lastRunNanos);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void runRequested() {
        soon.set(false);
        run();
    }

    private void run() {
        try {
            repairFiles();
            repairGuard();
            endWrongLeases();
            lastRunNanos = System.nanoTime();
        } catch (RuntimeException e) {
            LOG.error("reconciling failed; trying again at the next run", e);
        }
    }

    private void repairFiles() {
        dnsmasq.repairFiles().whenComplete((repaired, failure) -> {
            if (failure != null) {
                LOG.warnf("dnsmasq's files could not be compared: %s", failure);
            } else if (repaired) {
                LOG.warn("dnsmasq's host files had been changed by somebody else; written anew");
                listener.repaired(Repair.FILES);
            }
        });
    }

    private void repairGuard() {
        guard.check().whenComplete((found, failure) -> {
            if (failure != null) {
                LOG.debugf("the address guard could not be compared, and readiness says so: %s", failure);
            }
        });
    }

    private void endWrongLeases() {
        List<Lease> suspected = entitlement.violations(leases.latest(), clock.instant());
        List<Lease> wrong = suspects.confirmedTwice(suspected);
        if (wrong.size() < suspected.size()) {
            runSoon();
        }
        if (wrong.isEmpty()) {
            return;
        }
        Set<Ipv4Address> addresses = wrong.stream().map(Lease::address).collect(Collectors.toSet());
        LOG.warnf("ending leases in the wrong hands: %s", wrong);
        // Withdrawn first: dnsmasq would renew a lease whose reservation it still knows. Asked anew at the next run:
        // what waits must not pile up while dnsmasq is down for long.
        CompletionStage<Void> withdrawn =
                dnsmasq.publish().toCompletableFuture().orTimeout(interval.toMillis(), TimeUnit.MILLISECONDS);
        withdrawn.thenCompose(served -> leaseReleaser.release(addresses)).whenComplete((result, failure) -> {
            if (failure != null) {
                LOG.warnf("leases could not be ended: %s", failure);
            } else if (result instanceof ReleaseResult.Unconfirmed unconfirmed) {
                LOG.warnf("leases could not be ended: %s", unconfirmed.why());
            } else {
                wrong.forEach(lease -> listener.repaired(Repair.LEASE));
            }
        });
    }
}

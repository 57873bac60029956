package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.lease.ReleaseResult;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AssignPublicCommand;
import cloud.obiente.vpsgateway.ipam.AuditEvent;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.PrivateAddressCommand;
import cloud.obiente.vpsgateway.ipam.ReleasePublicCommand;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Carries a change all the way: decided and durable, enforced by the kernel where it is about a guarded address, served by
 * dnsmasq, and no lease left that contradicts it.
 *
 * <p>The order is what makes an address safe to hand on (a lease that is ended before its reservation is withdrawn comes
 * back). A public address that cannot be guarded is reverted. What else cannot be confirmed within three seconds is answered
 * nevertheless, because it is durable, and left to the {@link Reconciler}. Knows what is unanswered; any thread; nothing
 * here waits.
 */
public final class Provisioner {
    private static final Logger LOG = Logger.getLogger(Provisioner.class);
    /** The deployed API gives up after five seconds; the commit and the way need some of them. */
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final Ipam ipam;
    private final GuardEnforcement enforcement;
    private final PublicAddressGrants publics;
    private final DnsDhcpBackend serving;
    private final InFlightCommands inFlight;

    public Provisioner(Ipam ipam, GuardEnforcement enforcement, DnsDhcpBackend serving) {
        this.ipam = ipam;
        this.inFlight = new InFlightCommands(() -> ipam.snapshot().revision());
        this.enforcement = enforcement;
        this.publics = new PublicAddressGrants(ipam, enforcement, TIMEOUT);
        this.serving = serving;
    }

    /** Carries out a command about private addresses. */
    public <T> CompletionStage<ProvisionResult<T>> submit(
            Caller caller, PrivateAddressCommand<T> command, Cancellation cancellation) {
        return provision(() -> ipam.submit(caller, command, cancellation));
    }

    /** Anything else that is decided about allocations, as {@link Ipam#submit}. */
    public <T> CompletionStage<ProvisionResult<T>> submit(
            Caller caller, AuditEvent.Action action, Decision<T> decision, Cancellation cancellation) {
        return provision(() -> ipam.submit(caller, action, decision, cancellation));
    }

    public CompletionStage<ProvisionResult<Allocation>> assignPublic(
            Caller caller, AssignPublicCommand command, Cancellation cancellation) {
        long begun = System.nanoTime();
        return inFlight.track(() -> publics.assign(caller, command, cancellation)
                .thenCompose(outcome ->
                        outcome instanceof Outcome.Done<Allocation> done ? serve(done, begun) : answered(outcome)));
    }

    public CompletionStage<ProvisionResult<List<Allocation>>> releasePublic(
            Caller caller, ReleasePublicCommand command, Cancellation cancellation) {
        return provision(() -> publics.release(caller, command, cancellation));
    }

    private <T> CompletionStage<ProvisionResult<T>> provision(Supplier<CompletionStage<Outcome<T>>> decision) {
        return inFlight.track(() -> decision.get().thenCompose(this::makeEffective));
    }

    /**
     * The highest revision ({@link IpamSnapshot#revision}) that the writer of a list can know of: read it when a list
     * comes in.
     */
    public long knownRevision() {
        return inFlight.known();
    }

    /**
     * A list, from its decision to its effect. Of its public addresses those that cannot be guarded are reverted; the rest
     * holds. Lists are decided one after the other by the caller.
     *
     * @param publicAddresses those that it names
     * @param without what the outcome is after changes that gave something had to be undone
     */
    public <T> CompletionStage<ProvisionResult<T>> applyList(
            Set<Ipv4Address> publicAddresses,
            Supplier<CompletionStage<Outcome<T>>> decision,
            PublicAddressGrants.Without<T> without) {
        long begun = System.nanoTime();
        return publics.syncGuarded(publicAddresses, decision, without)
                .thenCompose(outcome -> makeEffective(outcome, begun));
    }

    private <T> CompletionStage<ProvisionResult<T>> makeEffective(Outcome<T> outcome) {
        return makeEffective(outcome, System.nanoTime());
    }

    /** Also where nothing has changed: a repeated call must not overtake the confirmation that the first one waits for. */
    private <T> CompletionStage<ProvisionResult<T>> makeEffective(Outcome<T> outcome, long begunNanos) {
        if (!(outcome instanceof Outcome.Done<T> done)) {
            return answered(outcome);
        }
        if (!enforcement.concerns(done.changes())) {
            return serve(done, begunNanos);
        }
        return enforcement.publish(left(begunNanos)).thenCompose(fault -> serve(done, begunNanos)
                .thenApply(served -> served.alsoPending(fault)));
    }

    private static <T> CompletionStage<ProvisionResult<T>> answered(Outcome<T> outcome) {
        return CompletableFuture.completedFuture(new ProvisionResult<>(outcome, Optional.empty()));
    }

    /** @param begunNanos since when the caller waits: the guard's time is part of the three seconds */
    private static Duration left(long begunNanos) {
        Duration left = TIMEOUT.minusNanos(System.nanoTime() - begunNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private <T> CompletionStage<ProvisionResult<T>> serve(Outcome.Done<T> done, long begunNanos) {
        return served(done.changes(), left(begunNanos))
                .thenCompose(served -> endLeases(done.changes()))
                .toCompletableFuture()
                .orTimeout(left(begunNanos).toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(failure -> Optional.of(describe(failure)))
                .thenApply(pending -> {
                    pending.ifPresent(this::leaveToReconciler);
                    if (pending.isEmpty()) {
                        LOG.debugf(
                                "%d changes are in effect after %d ms",
                                done.changes().size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos));
                    }
                    return new ProvisionResult<>(done, pending);
                });
    }

    /** Where nothing has changed nothing is left to do once the caller has its answer, however long dnsmasq is down. */
    private CompletionStage<Void> served(List<AllocationChange> changes, Duration timeout) {
        CompletionStage<Void> served = serving.publish();
        return changes.isEmpty()
                ? served.toCompletableFuture().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                : served;
    }

    private CompletionStage<Optional<String>> endLeases(List<AllocationChange> changes) {
        Set<Ipv4Address> touched =
                changes.stream().flatMap(change -> change.addresses().stream()).collect(Collectors.toSet());
        if (touched.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return serving.releaseLeases(touched)
                .thenApply(result -> result instanceof ReleaseResult.Unconfirmed unconfirmed
                        ? Optional.of("an old lease may still be held: " + unconfirmed.why())
                        : Optional.empty());
    }

    private static String describe(Throwable failure) {
        return failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException
                ? "dnsmasq has not followed the change within " + TIMEOUT.toSeconds() + " s"
                : "dnsmasq could not be told of the change: " + failure;
    }

    private void leaveToReconciler(String pending) {
        LOG.warnf("answered before it was confirmed: %s; the reconciler keeps at it", pending);
        serving.reconcileSoon();
    }
}

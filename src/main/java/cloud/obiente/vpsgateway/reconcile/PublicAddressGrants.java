package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AssignPublicCommand;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.Refusal;
import cloud.obiente.vpsgateway.ipam.RefusalReason;
import cloud.obiente.vpsgateway.ipam.ReleasePublicCommand;
import cloud.obiente.vpsgateway.ipam.RevertCommand;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Gives public addresses, each together with its guard or not at all: one without is nobody's, whoever has been told that
 * it is theirs. Owns the order of what is done about one address, so that nobody is told of an address that the call before
 * is about to take back. Any thread; nothing here waits.
 */
public final class PublicAddressGrants {
    private static final Logger LOG = Logger.getLogger(PublicAddressGrants.class);
    private static final Caller GUARD_FAILED = Caller.of("the gateway: the guard failed");

    private final Ipam ipam;
    private final GuardEnforcement enforcement;
    private final Duration timeout;
    private final KeyedSequencer sequencer = new KeyedSequencer();

    /** A value after some of the changes that led to it had to be undone. */
    @FunctionalInterface
    public interface Without<T> {
        /** @param undone changes that gave a VPS something */
        T apply(T value, List<AllocationChange> undone, String why);
    }

    /** @param timeout how long the guard may take before it counts as failed */
    PublicAddressGrants(Ipam ipam, GuardEnforcement enforcement, Duration timeout) {
        this.ipam = ipam;
        this.enforcement = enforcement;
        this.timeout = timeout;
    }

    CompletionStage<Outcome<Allocation>> assign(Caller caller, AssignPublicCommand command, Cancellation cancellation) {
        return sequencer.submit(Set.of(command.address()), () -> ipam.submit(caller, command, cancellation)
                .thenCompose(this::enforce));
    }

    CompletionStage<Outcome<List<Allocation>>> release(
            Caller caller, ReleasePublicCommand command, Cancellation cancellation) {
        return sequencer.submit(Set.of(command.address()), () -> ipam.submit(caller, command, cancellation));
    }

    /**
     * Of a list, the public addresses that cannot be guarded are left out; the rest of it holds.
     *
     * @param wanted the public addresses that it names
     * @param decision about the list
     */
    <T> CompletionStage<Outcome<T>> syncGuarded(
            Set<Ipv4Address> wanted, Supplier<CompletionStage<Outcome<T>>> decision, Without<T> without) {
        return sequencer.submit(wanted, () -> decision.get().thenCompose(outcome -> enforceListed(outcome, without)));
    }

    /** Also where nothing has changed: a repeated call finds out whether the guard still holds. */
    private CompletionStage<Outcome<Allocation>> enforce(Outcome<Allocation> outcome) {
        if (!(outcome instanceof Outcome.Done<Allocation> done)) {
            return CompletableFuture.completedFuture(outcome);
        }
        Ipv4Address address = done.value().address();
        return enforcement
                .publish(timeout)
                .thenCompose(fault -> fault.isEmpty()
                        ? CompletableFuture.completedFuture(outcome)
                        : revert(done.changes(), fault.get())
                                .thenApply(told -> new Outcome.Refused<>(new Refusal(
                                        RefusalReason.NOT_ENFORCED, told, Map.of("address", address.toString())))));
    }

    private <T> CompletionStage<Outcome<T>> enforceListed(Outcome<T> outcome, Without<T> without) {
        if (!(outcome instanceof Outcome.Done<T> done)) {
            return CompletableFuture.completedFuture(outcome);
        }
        List<AllocationChange> given = done.changes().stream()
                .filter(change ->
                        change.after().isPresent() && !change.subject().isPrivate())
                .toList();
        if (given.isEmpty()) {
            return CompletableFuture.completedFuture(outcome);
        }
        return enforcement
                .publish(timeout)
                .thenCompose(fault -> fault.isEmpty()
                        ? CompletableFuture.completedFuture(outcome)
                        : revert(given, fault.get())
                                .thenApply(told -> new Outcome.Done<>(
                                        without.apply(done.value(), given, told), done.changes(), done.learnt())));
    }

    /** Completes with what to tell the caller. */
    private CompletionStage<String> revert(List<AllocationChange> given, String fault) {
        if (given.isEmpty()) {
            return CompletableFuture.completedFuture(fault);
        }
        return ipam.submit(GUARD_FAILED, new RevertCommand(given), Cancellation.NONE)
                .thenApply(outcome -> {
                    if (outcome instanceof Outcome.Refused<List<AllocationChange>> refused) {
                        String why = refused.refusal().message();
                        LOG.errorf(
                                "an address without a guard could not be taken back: %s; the guard keeps trying", why);
                        return fault + " (and it could not be taken back: " + why + ")";
                    }
                    LOG.warnf("taken back, because it cannot be guarded: %s; %s", describe(given), fault);
                    enforcement.publish(timeout).thenAccept(still -> still.ifPresent(LOG::debug));
                    return fault;
                });
    }

    private static String describe(List<AllocationChange> given) {
        return given.stream()
                .map(AllocationChange::subject)
                .map(held -> held.address() + " of " + held.vps())
                .collect(Collectors.joining(", "));
    }
}

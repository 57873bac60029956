package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.hostnet.guard.GuardFailedException;
import cloud.obiente.vpsgateway.hostnet.guard.PinPublisher;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The guard, as far as a change needs it. Any thread; nothing here waits.
 *
 * @param guard pins addresses to their owners
 * @param kinds the addresses that it pins
 */
public record GuardEnforcement(PinPublisher guard, Set<Allocation.Kind> kinds) {
    public GuardEnforcement {
        kinds = Set.copyOf(kinds);
    }

    boolean concerns(List<AllocationChange> changes) {
        return changes.stream()
                .anyMatch(change -> kinds.contains(change.subject().kind()));
    }

    /**
     * Has the kernel enforce what is decided now.
     *
     * @return empty when it does; otherwise why it does not, or not within that time
     */
    CompletionStage<Optional<String>> publish(Duration timeout) {
        return guard.publish()
                .thenApply(enforced -> Optional.<String>empty())
                .toCompletableFuture()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> Optional.of(describe(failure)));
    }

    private static String describe(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof GuardFailedException refused) {
            return refused.getMessage();
        }
        return cause instanceof TimeoutException
                ? "the address guard has not followed the change in time"
                : "the address guard failed: " + cause;
    }
}

package cloud.obiente.vpsgateway.ipam;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * A command that waits for its turn. Decided and answered once, by the thread that took it from the queue.
 *
 * @param <T> what the caller wants
 */
final class QueuedCommand<T> {
    private static final Logger LOG = Logger.getLogger(Ipam.class);
    /** A list can change thousands of allocations, and a log line stays readable. */
    private static final int MAX_LOGGED_CHANGES = 8;

    private static final Refusal ABANDONED =
            Refusal.of(RefusalReason.ABANDONED, "the caller had gone before its turn came; nothing was done");

    private final Caller caller;
    private final AuditEvent.Action action;
    private final Decision<T> decision;
    private final Cancellation cancellation;
    private final CompletableFuture<Outcome<T>> answer = new CompletableFuture<>();
    private Outcome<T> outcome;

    QueuedCommand(Caller caller, AuditEvent.Action action, Decision<T> decision, Cancellation cancellation) {
        this.caller = caller;
        this.action = action;
        this.decision = decision;
        this.cancellation = cancellation;
    }

    /** The answer to come; callers cannot complete it. */
    CompletionStage<Outcome<T>> answer() {
        return answer.minimalCompletionStage();
    }

    /** A decision that throws is the caller's bad luck alone: it is answered at once, and the round goes on. */
    void decideIn(CommitBatch batch) {
        try {
            outcome = cancellation.isCancelled()
                    ? new Outcome.Refused<>(ABANDONED)
                    : batch.decide(decision, caller, action);
            if (LOG.isDebugEnabled()) {
                LOG.debugf("%s by %s: %s", action, caller, describe(outcome));
            }
        } catch (RuntimeException | Error fault) {
            fail(fault);
        }
    }

    private static String describe(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Refused<?> refused) {
            return "refused, " + refused.refusal().reason() + ": "
                    + refused.refusal().message();
        }
        List<AllocationChange> changes = ((Outcome.Done<?>) outcome).changes();
        String first = changes.stream()
                .limit(MAX_LOGGED_CHANGES)
                .map(QueuedCommand::describe)
                .collect(Collectors.joining("; "));
        return changes.size() + " changes" + (changes.isEmpty() ? "" : ": " + first)
                + (changes.size() > MAX_LOGGED_CHANGES ? "; ..." : "");
    }

    private static String describe(AllocationChange change) {
        return text(change.before()) + " -> " + text(change.after());
    }

    private static String text(Optional<Allocation> allocation) {
        return allocation
                .map(held -> held.vps() + " " + held.address() + " "
                        + held.mac().map(Object::toString).orElse("no MAC"))
                .orElse("nothing");
    }

    /** Tells the caller what was decided, which is durable now. */
    void tellOutcome() {
        answer.complete(outcome);
    }

    void refuse(Refusal refusal) {
        answer.complete(new Outcome.Refused<>(refusal));
    }

    /** Has no effect when the caller has its answer already. */
    void fail(Throwable fault) {
        answer.completeExceptionally(fault);
    }
}

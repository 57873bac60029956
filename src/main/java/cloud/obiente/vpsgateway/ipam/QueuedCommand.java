package cloud.obiente.vpsgateway.ipam;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A command that waits for its turn. Decided and answered once, by whoever took it from the queue.
 *
 * @param <T> what the caller wants
 */
final class QueuedCommand<T> {
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
    void decideIn(CommitBatch round) {
        try {
            outcome = cancellation.isCancelled()
                    ? new Outcome.Refused<>(ABANDONED)
                    : round.decide(decision, caller, action);
        } catch (RuntimeException | Error fault) {
            fail(fault);
        }
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

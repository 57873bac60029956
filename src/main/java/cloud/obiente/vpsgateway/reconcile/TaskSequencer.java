package cloud.obiente.vpsgateway.reconcile;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Runs asynchronous tasks one after the other, in the order of submission, without a waiting thread. Any thread. */
public final class TaskSequencer {
    /** Guarded by the monitor; ends when the last work that came has ended, and never fails. */
    private CompletionStage<?> last = CompletableFuture.completedFuture(null);

    /** Begins the work when all earlier work has ended, well or badly; on the caller's thread when there is none. */
    public synchronized <T> CompletionStage<T> submit(Supplier<CompletionStage<T>> work) {
        CompletionStage<T> mine = last.thenCompose(before -> work.get());
        last = mine.handle((done, failure) -> null);
        return mine;
    }
}

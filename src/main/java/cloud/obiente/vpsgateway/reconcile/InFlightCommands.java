package cloud.obiente.vpsgateway.reconcile;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The commands that have not been answered yet. What they come to, nobody but this gateway can know: a list that comes in
 * meanwhile was written without it. Any thread; guarded by its monitor.
 */
final class InFlightCommands {
    private final LongSupplier revision;
    /** How many commands began at each revision. */
    private final SortedMap<Long, Integer> begun = new TreeMap<>();

    /** @param revision the present one of what is allocated */
    InFlightCommands(LongSupplier revision) {
        this.revision = revision;
    }

    /**
     * Counts from before the work begins until it has ended.
     *
     * @return a stage that its taker may cancel, as callers do who go away, without ending the count or the work
     */
    <T> CompletionStage<T> track(Supplier<CompletionStage<T>> work) {
        long start = begin();
        return work.get()
                .whenComplete((done, failure) -> end(start))
                .toCompletableFuture()
                .minimalCompletionStage();
    }

    /** The highest revision of which all callers know the outcome. */
    synchronized long known() {
        return begun.isEmpty() ? revision.getAsLong() : begun.firstKey();
    }

    private synchronized long begin() {
        long start = revision.getAsLong();
        begun.merge(start, 1, Integer::sum);
        return start;
    }

    private synchronized void end(long start) {
        begun.computeIfPresent(start, (revision, count) -> count == 1 ? null : count - 1);
    }
}

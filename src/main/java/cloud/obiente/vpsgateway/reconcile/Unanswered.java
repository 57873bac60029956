package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The VPSs about which a caller waits for an answer: no list that has come in can know what the answer will be. Any thread. */
final class Unanswered {
    private final Map<VpsId, Integer> waiting = new ConcurrentHashMap<>();

    /**
     * Counts the VPSs from before the work begins until it has ended.
     *
     * @return a stage that its taker may cancel, as callers do who go away, without ending the count or the work
     */
    <T> CompletionStage<T> during(Set<VpsId> vpss, Supplier<CompletionStage<T>> work) {
        vpss.forEach(vps -> waiting.merge(vps, 1, Integer::sum));
        return work.get()
                .whenComplete((done, failure) -> vpss.forEach(this::answered))
                .toCompletableFuture()
                .minimalCompletionStage();
    }

    private void answered(VpsId vps) {
        waiting.computeIfPresent(vps, (known, count) -> count == 1 ? null : count - 1);
    }

    Set<VpsId> now() {
        return Set.copyOf(waiting.keySet());
    }
}

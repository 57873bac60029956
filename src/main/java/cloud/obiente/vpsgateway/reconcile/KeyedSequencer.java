package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Runs asynchronous tasks about the same address one after the other, and others at once; see {@link TaskSequencer}. Any
 * thread.
 */
final class KeyedSequencer {
    /** Guarded by the monitor: ends, and never fails, when the last work about the address has ended. */
    private final Map<Ipv4Address, CompletableFuture<Void>> last = new HashMap<>();

    /** Begins the work when all earlier work about any of these addresses has ended, well or badly. */
    synchronized <T> CompletionStage<T> submit(Collection<Ipv4Address> addresses, Supplier<CompletionStage<T>> work) {
        Set<Ipv4Address> mine = Set.copyOf(addresses);
        CompletableFuture<?>[] before =
                mine.stream().map(last::get).filter(Objects::nonNull).toArray(CompletableFuture<?>[]::new);
        CompletionStage<T> done = CompletableFuture.allOf(before).thenCompose(ready -> work.get());
        CompletableFuture<Void> ended = new CompletableFuture<>();
        mine.forEach(address -> last.put(address, ended));
        return done.whenComplete((result, failure) -> {
            forget(mine, ended);
            ended.complete(null);
        });
    }

    private synchronized void forget(Set<Ipv4Address> addresses, CompletableFuture<Void> ended) {
        addresses.forEach(address -> last.remove(address, ended));
    }
}

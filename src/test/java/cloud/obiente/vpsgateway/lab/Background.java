package cloud.obiente.vpsgateway.lab;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Work that waits, on a thread of its own. Not on the pool that {@link CompletableFuture} takes by itself: on two cores it
 * has one thread, and since JDK 25 there is no other way, so one who waits on it keeps all others from beginning.
 */
public final class Background {
    private Background() {}

    /** Begins at once; fails with what the work throws. */
    public static <T> CompletableFuture<T> supply(String name, Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, thread(name));
    }

    /** Begins at once; fails with what the work throws. */
    public static CompletableFuture<Void> run(String name, Runnable work) {
        return CompletableFuture.runAsync(work, thread(name));
    }

    private static Executor thread(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            thread.start();
        };
    }
}

package cloud.obiente.vpsgateway.apilink;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread {@code api-links}: tasks one after the other, in their order. After {@link #close} they are dropped. */
public final class LinkThread implements Executor, AutoCloseable {
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
                Thread made = new Thread(work, "api-links");
                made.setDaemon(true);
                return made;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    /** Finishes what has been handed in; waits for that, two seconds at most. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException hurry) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

package cloud.obiente.vpsgateway.lab.api;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Time that passes by itself, so many times as fast as real time. Owns the thread {@code api-simulator}. */
public final class RealTimeline implements Timeline, AutoCloseable {
    private final double speed;
    private final Consumer<String> say;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, work -> {
        Thread made = new Thread(work, "api-simulator");
        made.setDaemon(true);
        return made;
    });

    /**
     * @param speed 1 is real time, 10 makes five minutes half a minute
     * @param say hears of tasks that fail
     */
    public RealTimeline(double speed, Consumer<String> say) {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed '" + speed + "' (expected: > 0)");
        }
        this.speed = speed;
        this.say = say;
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Instant now() {
        return start.plusNanos((long) ((System.nanoTime() - startNanos) * speed));
    }

    @Override
    public void after(Duration delay, Runnable task) {
        try {
            ScheduledFuture<?> unused =
                    thread.schedule(() -> runOrSay(task), (long) (delay.toNanos() / speed), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            say.accept("the API has ended; nothing more is done");
        }
    }

    private void runOrSay(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | AssertionError failure) {
            say.accept("the API failed: " + failure);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

package cloud.obiente.vpsgateway.lab.api;

import java.time.Duration;
import java.util.function.BiConsumer;

/** What was begun by something that may end: an instance, or a link of one. The timeline's thread. */
final class Lifetime {
    private final BiConsumer<Duration, Runnable> scheduler;
    private boolean over;

    /** @param scheduler runs a task after a delay */
    Lifetime(BiConsumer<Duration, Runnable> scheduler) {
        this.scheduler = scheduler;
    }

    void after(Duration delay, Runnable task) {
        scheduler.accept(delay, () -> {
            if (!over) {
                task.run();
            }
        });
    }

    /** For the first time after one period. */
    void every(Duration period, Runnable task) {
        after(period, () -> {
            task.run();
            every(period, task);
        });
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }
}

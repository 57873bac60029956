package cloud.obiente.vpsgateway.lab.api;

import java.time.Duration;
import java.time.Instant;

/** The time that a model lives in, and the one thread that all of it runs on. */
public interface Timeline {
    /** Any thread. */
    Instant now();

    /** Runs the task on the timeline's thread, tasks of one moment in the order in which they came. Any thread. */
    void after(Duration delay, Runnable task);
}

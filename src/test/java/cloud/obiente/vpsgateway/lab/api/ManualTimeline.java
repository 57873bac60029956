package cloud.obiente.vpsgateway.lab.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** Stands still until it is moved; what is due on the way happens at its moment. One thread, which is its own. */
public final class ManualTimeline implements Timeline {
    private record Task(Instant due, long number, Runnable work) {}

    private final Queue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::due).thenComparingLong(Task::number));
    /** Volatile for the readers of {@link #clock()}. */
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private long numbers;

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        tasks.add(new Task(now.plus(delay), numbers++, task));
    }

    /** Moves on, and does all that is due until then. */
    public void pass(Duration span) {
        Instant end = now.plus(span);
        for (Task next = tasks.peek(); next != null && !next.due().isAfter(end); next = tasks.peek()) {
            tasks.remove();
            now = next.due();
            next.work().run();
        }
        now = end;
    }

    /** How many tasks wait, for those who want to know whether something grows. */
    public int waiting() {
        return tasks.size();
    }

    /** The same time for what is under test; any thread may read it. */
    public Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException("instants have no zone");
            }
        };
    }
}

package cloud.obiente.vpsgateway.lab;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Ends this JVM when one test, whatever engine runs it, takes longer than any may, and says which one it was and where every
 * thread stood. JUnit's own limit, which is shorter, can only interrupt, and does not reach what cannot be interrupted, nor
 * jqwik.
 */
public final class HangWatch implements TestExecutionListener {
    /** JUnit's limit, and as much as a test that has been interrupted may take to come to its end. */
    private static final Duration LIMIT = Duration.ofMinutes(Effort.of(11, 61));

    private static final int EXIT_CODE = 3;

    private final Map<String, ScheduledFuture<?>> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "hang-watch");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            running.put(
                    test.getUniqueId(),
                    timer.schedule(() -> end(test.getUniqueId()), LIMIT.toSeconds(), TimeUnit.SECONDS));
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        ScheduledFuture<?> end = running.remove(test.getUniqueId());
        if (end != null) {
            end.cancel(false);
        }
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            Seed.used().ifPresent(again -> System.out.println(test.getDisplayName() + " failed with " + again));
        }
    }

    private static void end(String test) {
        PrintStream err = System.err;
        err.printf(Locale.ROOT, "%s has not ended in %d minutes; all threads:%n", test, LIMIT.toMinutes());
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            err.println(thread.getName() + " " + thread.getState());
            Stream.of(frames).forEach(frame -> err.println("    at " + frame));
        });
        err.flush();
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}

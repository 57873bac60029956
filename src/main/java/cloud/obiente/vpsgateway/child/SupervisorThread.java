package cloud.obiente.vpsgateway.child;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The one thread on which a child is started, and on which all that is known of it lives. It stays the same thread until
 * {@link #close}, whatever the work on it throws. Work handed in after that is dropped; questions are refused.
 */
public final class SupervisorThread implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SupervisorThread.class);

    private final String name;
    private final ScheduledThreadPoolExecutor executor;

    public SupervisorThread(String name) {
        this.name = name;
        this.executor = new ScheduledThreadPoolExecutor(1, work -> new Thread(work, name));
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    public void run(Runnable work) {
        after(Duration.ZERO, work);
    }

    public void after(Duration wait, Runnable work) {
        try {
            ScheduledFuture<?> unused = executor.schedule(logged(work), wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debugf(closed, "%s has ended", name);
        }
    }

    public void every(Duration interval, Runnable work) {
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(
                logged(work), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs the question on the thread and passes its answer on; fails when the thread has been closed. */
    public <T> CompletionStage<T> ask(Supplier<? extends CompletionStage<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    question.get().whenComplete((value, failure) -> {
                        if (failure == null) {
                            answer.complete(value);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    });
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException closed) {
            answer.completeExceptionally(new IllegalStateException("the gateway is shutting down", closed));
        }
        return answer;
    }

    /** Finishes what is queued for now; drops what is scheduled for later. */
    @Override
    public void close() {
        executor.shutdown();
    }

    private Runnable logged(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.errorf(e, "work of the thread %s failed; going on", name);
            }
        };
    }
}

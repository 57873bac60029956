package cloud.obiente.vpsgateway.grpc.connect;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * Runs tasks one after the other on a Vert.x event-loop context, in the order in which they were handed in.
 *
 * <p>A task handed in on that context while none is running runs at once; every other waits its turn. So a task never
 * runs inside another, and what another thread handed in before is never overtaken.
 */
final class EventLoopExecutor implements Executor {
    private static final Logger LOG = Logger.getLogger(EventLoopExecutor.class);

    private final Context context;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Event loop only. */
    private boolean draining;

    EventLoopExecutor(Context context) {
        this.context = context;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (!onContext()) {
            context.runOnContext(ignored -> drain());
        } else if (!draining) {
            drain();
        }
    }

    private boolean onContext() {
        return Context.isOnEventLoopThread() && Vertx.currentContext() == context;
    }

    private void drain() {
        draining = true;
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                runSafely(task);
            }
        } finally {
            draining = false;
        }
    }

    /** One failure must not keep the tasks behind it from running. */
    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("Task of a call failed", fault);
        }
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one after the other, in their order, on the threads of another executor. Any thread. */
final class SerialExecutor implements Executor {
    private final Executor threads;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            threads.execute(this::run);
        }
    }

    /** One task at a time, so that a busy channel does not keep a thread from the others. */
    private void run() {
        try {
            tasks.remove().run();
        } finally {
            if (waiting.decrementAndGet() > 0) {
                threads.execute(this::run);
            }
        }
    }
}

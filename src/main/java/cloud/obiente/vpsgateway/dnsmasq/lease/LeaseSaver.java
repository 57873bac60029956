package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Copies leases that are kept in memory to the disk, once a minute and at the stop. Owns the thread {@code lease-saver}. */
public final class LeaseSaver implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaseSaver.class);
    private static final long SAVE_SECONDS = 60;
    private static final long LINK_SECONDS = 1;
    private static final long SHUTDOWN_SECONDS = 10;

    private final LeaseFilePlace place;
    private final ScheduledExecutorService thread;
    /** Touched by the thread only. */
    private boolean failing;

    public LeaseSaver(LeaseFilePlace place, ThreadFactory threads) {
        this.place = place;
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = threads.newThread(work);
            made.setName("lease-saver");
            return made;
        });
    }

    /** @param latest the leases as last read, by which the file is seen to be whole */
    public void start(Supplier<LeaseSnapshot> latest) {
        every(LINK_SECONDS, place::followRemoval);
        every(SAVE_SECONDS, () -> place.save(latest.get()));
    }

    private interface Work {
        void run() throws IOException;
    }

    private void every(long seconds, Work work) {
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                        failing = false;
                    } catch (IOException | UncheckedIOException e) {
                        if (!failing) {
                            LOG.warnf("leases are in memory only, and a restart of this host would lose them: %s", e);
                        }
                        failing = true;
                    }
                },
                seconds,
                seconds,
                TimeUnit.SECONDS);
    }

    /** Puts the leases back on the disk; dnsmasq must have ended. Blocks. */
    @Override
    public void close() throws IOException, InterruptedException {
        thread.shutdownNow();
        if (!thread.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("the leases are still being copied; the last copy stays");
            return;
        }
        place.moveBack();
    }
}

package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Keeps the latest leases at hand. Owns the latest snapshot, which only thread {@code lease-watcher} replaces and every
 * thread may read. The file is read when the kernel tells of a change, and checked every second in any case; what cannot
 * be read leaves the latest snapshot as it is.
 */
public final class LeaseWatcher implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaseWatcher.class);
    private static final Duration SLOW_POLL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

    private final LeaseFile file;
    private final LeaseListener listener;
    private final FileChangeWatch changes;
    private final Thread thread;
    /** Set before the thread starts, never after. */
    private Consumer<LeaseSnapshot> onChange;

    private volatile LeaseSnapshot latest = LeaseSnapshot.UNREAD;
    private volatile boolean closed;
    private boolean unreadable;

    /** @param threads makes the one thread; it gets its name here */
    public LeaseWatcher(LeaseFile file, LeaseListener listener, ThreadFactory threads) {
        this.file = file;
        this.listener = listener;
        this.changes = new FileChangeWatch(file.path());
        this.thread = threads.newThread(this::run);
        thread.setName("lease-watcher");
    }

    /**
     * Starts watching; once.
     *
     * @param changed is told, on {@code lease-watcher}, when the set of leases has changed, expiries included
     */
    public void start(Consumer<LeaseSnapshot> changed) {
        onChange = changed;
        thread.start();
    }

    /** The leases as last read; {@link LeaseSnapshot#UNREAD} until then. Never waits. */
    public LeaseSnapshot latest() {
        return latest;
    }

    /** Stops watching, within moments; the latest snapshot stays. */
    @Override
    public void close() {
        closed = true;
        try {
            changes.close();
        } catch (IOException harmless) {
            LOG.debugf("closing the watch of %s: %s", file.path(), harmless);
        }
        thread.interrupt();
        try {
            thread.join(SHUTDOWN_TIMEOUT.toMillis());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed) {
                changes.watch();
                refresh();
                changes.await(SLOW_POLL);
            }
        } catch (InterruptedException stop) {
            LOG.debugf("no longer watching %s", file.path());
        }
    }

    private void refresh() throws InterruptedException {
        try {
            publish(file.readStable(TIMEOUT));
            unreadable = false;
        } catch (InterruptedIOException stop) {
            throw new InterruptedException();
        } catch (LeaseFileUnstableException busy) {
            // As when many VPSs boot at once: where it was read from says nothing.
            if (!unreadable) {
                LOG.warnf("leases stay as they were at %s: %s", latest.readAt(), busy.getMessage());
            }
            unreadable = true;
        } catch (IOException | RuntimeException failure) {
            if (!unreadable) {
                LOG.warnf(failure, "leases stay as they were at %s: %s cannot be read", latest.readAt(), file.path());
            }
            unreadable = true;
        }
    }

    private void publish(LeaseSnapshot now) {
        LeaseSnapshot before = latest;
        if (now == before) {
            return;
        }
        latest = now;
        tellSkipped(before, now);
        Set<Lease> old = Set.copyOf(before.leases());
        Set<Lease> current = Set.copyOf(now.leases());
        if (!old.equals(current)) {
            logChanges(old, current);
            tell(() -> onChange.accept(now));
        }
    }

    private static void logChanges(Set<Lease> old, Set<Lease> current) {
        if (LOG.isDebugEnabled()) {
            current.stream()
                    .filter(lease -> !old.contains(lease))
                    .forEach(lease -> LOG.debugf("lease seen: %s", lease));
            old.stream()
                    .filter(lease -> !current.contains(lease))
                    .forEach(lease -> LOG.debugf("lease gone: %s", lease));
        }
    }

    private void tellSkipped(LeaseSnapshot before, LeaseSnapshot now) {
        Set<String> known = before.skipped().stream().map(SkippedLine::reason).collect(Collectors.toSet());
        now.skipped().stream().filter(line -> !known.contains(line.reason())).forEach(line -> {
            LOG.infof("line %d of %s skipped: %s", line.number(), file.path(), line.reason());
            tell(() -> listener.lineSkipped(line));
        });
    }

    /** A listener that fails must not stop the watch. */
    private void tell(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException fault) {
            LOG.error("a listener to leases failed", fault);
        }
    }
}

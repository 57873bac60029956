package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Waits for changes of one file through the kernel (inotify(7)). A hint, no more: where the kernel does not tell (no
 * inotify instance left, directory missing or replaced), the wait just lasts its full length.
 *
 * <p>Used by one thread; {@link #close()} may be called on another, which ends a wait at once.
 */
final class FileChangeWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FileChangeWatch.class);

    private final Path directory;
    private final Path name;
    private final Optional<WatchService> kernel;
    private Optional<WatchKey> registration = Optional.empty();

    FileChangeWatch(Path file) {
        Path absolute = file.toAbsolutePath();
        this.directory = absolute.getParent();
        this.name = absolute.getFileName();
        this.kernel = open(directory);
    }

    private static Optional<WatchService> open(Path directory) {
        try {
            return Optional.of(directory.getFileSystem().newWatchService());
        } catch (IOException noInstance) {
            LOG.warnf("%s is polled because it cannot be watched (raise fs.inotify): %s", directory, noInstance);
            return Optional.empty();
        }
    }

    /** From here on changes count, if the directory is there; cheap when they did already. */
    void watch() {
        if (registration.isEmpty() && kernel.isPresent()) {
            try {
                registration = Optional.of(directory.register(
                        kernel.get(),
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE));
            } catch (IOException | ClosedWatchServiceException notNow) {
                LOG.debugf("%s cannot be watched now: %s", directory, notNow);
            }
        }
    }

    /** Returns when the file may have changed since {@link #watch()}, and in any case after that time or {@link #close()}. */
    void await(Duration atMost) throws InterruptedException {
        if (kernel.isEmpty()) {
            WaitClock.REAL.pass(atMost);
            return;
        }
        long end = System.nanoTime() + atMost.toNanos();
        try {
            boolean concerned = false;
            while (!concerned && end - System.nanoTime() > 0) {
                WatchKey key = kernel.get().poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                concerned = key == null || concerns(key);
            }
        } catch (ClosedWatchServiceException closed) {
            LOG.debugf("%s is no longer watched", directory);
        }
    }

    private boolean concerns(WatchKey key) {
        boolean ours = key.pollEvents().stream().anyMatch(this::isOurs);
        boolean directoryIsGone = !key.reset();
        if (directoryIsGone) {
            registration = Optional.empty();
        }
        return ours || directoryIsGone;
    }

    private boolean isOurs(WatchEvent<?> event) {
        return event.kind() == StandardWatchEventKinds.OVERFLOW || name.equals(event.context());
    }

    @Override
    public void close() throws IOException {
        if (kernel.isPresent()) {
            kernel.get().close();
        }
    }
}

package cloud.obiente.vpsgateway.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * All processes of a session (setsid(2)): a child that leads one, and whatever it has started, which stays in it when the
 * child has died. Stateless, thread-safe; blocks.
 */
final class Session {
    private static final Logger LOG = Logger.getLogger(Session.class);
    private static final Path PROC = Path.of("/proc");
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(2);

    private Session() {}

    /**
     * Ends by force whoever is left of a session whose leader is gone; returns when nobody is, after 2 s at most.
     *
     * @param leader process id of the one that began it
     */
    static void end(long leader) {
        long giveUp = System.nanoTime() + TIMEOUT.toNanos();
        List<ProcessHandle> left = members(leader);
        if (!left.isEmpty()) {
            LOG.debugf("process %d has left %s", leader, left);
        }
        // One that is being killed may be starting another.
        while (!left.isEmpty()) {
            if (System.nanoTime() - giveUp > 0) {
                LOG.warnf("what process %d has started cannot be ended, not even by SIGKILL: %s", leader, left);
                return;
            }
            left.forEach(ProcessHandle::destroyForcibly);
            LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
            left = members(leader);
        }
    }

    static List<ProcessHandle> members(long leader) {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
                    .map(Long::parseLong)
                    .filter(inSession(leader))
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Predicate<Long> inSession(long leader) {
        return pid -> ProcessStat.of(pid)
                .filter(stat -> stat.session() == leader && !stat.ended())
                .isPresent();
    }
}

package cloud.obiente.vpsgateway.dnsmasq;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Children of an earlier gateway that outlived it, and what they had started: the parent-death signal cannot end a stopped
 * or hung one, and reaches no process that a child has forked.
 *
 * <p>The caller holds the lock of the state directory, so a process with its configuration file has no owner. The same
 * path means another file in another mount namespace, such as a container's; what counts is what the process sees there.
 */
final class OrphanedChildren {
    private static final Logger LOG = Logger.getLogger(OrphanedChildren.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(5);

    private OrphanedChildren() {}

    /** Ends every process that runs dnsmasq with this configuration file; blocks until they are gone, 2 s at most. */
    static void killStale(Path configFile) {
        List<ProcessHandle> orphans = of(configFile);
        if (orphans.isEmpty()) {
            return;
        }
        LOG.warnf("ending %d dnsmasq of an earlier gateway: %s", orphans.size(), orphans);
        long giveUp = System.nanoTime() + TIMEOUT.toNanos();
        while (!orphans.isEmpty() && System.nanoTime() - giveUp < 0) {
            orphans.forEach(ProcessHandle::destroyForcibly);
            LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
            orphans = of(configFile);
        }
    }

    static List<ProcessHandle> of(Path configFile) {
        return ProcessHandle.allProcesses()
                .filter(process -> runsWith(process, configFile.toString()))
                .filter(process -> seesOur(configFile.getParent(), process))
                .toList();
    }

    private static boolean runsWith(ProcessHandle process, String configFile) {
        return process.info()
                .arguments()
                .map(arguments -> List.of(arguments).containsAll(List.of("-C", configFile)))
                .orElse(false);
    }

    private static boolean seesOur(Path directory, ProcessHandle process) {
        Path root = Path.of("/proc", Long.toString(process.pid()), "root");
        try {
            return Files.isSameFile(root.resolve(Path.of("/").relativize(directory)), directory);
        } catch (NoSuchFileException otherNamespaceOrGone) {
            return false;
        } catch (IOException e) {
            LOG.warnf(
                    "process %d runs dnsmasq with the configuration file %s, but we may not see whether it is ours (%s);"
                            + " leaving it alone. If it is a leftover of this gateway, end it",
                    process.pid(), directory, e);
            return false;
        }
    }
}

package cloud.obiente.vpsgateway.dnsmasq;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Children of an earlier gateway that outlived it: the parent-death signal cannot end a stopped or hung one.
 *
 * <p>The caller holds the lock of the state directory, so a process with its configuration file has no owner.
 */
final class OrphanedChildren {
    private static final Logger LOG = Logger.getLogger(OrphanedChildren.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private OrphanedChildren() {}

    /** Ends every process that runs dnsmasq with this configuration file; blocks until they are gone, 2 s at most. */
    static void killStale(Path configFile) {
        List<ProcessHandle> orphans = ProcessHandle.allProcesses()
                .filter(process -> runsWith(process, configFile.toString()))
                .toList();
        if (orphans.isEmpty()) {
            return;
        }
        LOG.warnf("ending %d dnsmasq of an earlier gateway: %s", orphans.size(), orphans);
        orphans.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(orphans.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static boolean runsWith(ProcessHandle process, String configFile) {
        return process.info()
                .arguments()
                .map(arguments -> List.of(arguments).containsAll(List.of("-C", configFile)))
                .orElse(false);
    }
}

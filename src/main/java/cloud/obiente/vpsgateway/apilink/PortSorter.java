package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * Finds the ports of MACs that wait, so that they wait behind their own port's only: one look-up at a time, not without
 * need, and not often. Thread {@code api-links}.
 */
final class PortSorter {
    /** How much longer than a look-up the pause after it is: a flood fills what is read, and costs a tenth of a core at most. */
    private static final int PAUSE_FACTOR = 9;

    private static final Logger LOG = Logger.getLogger(PortSorter.class);

    private final Executor loop;
    private final Clock steady;
    private final PortLookup ports;
    private final FairQueue queue;
    private boolean lookingUp;
    private boolean failing;
    private Instant nextLookupAt = Instant.MIN;

    PortSorter(Executor loop, Clock steady, PortLookup ports, FairQueue queue) {
        this.loop = loop;
        this.steady = steady;
        this.ports = ports;
        this.queue = queue;
    }

    /** @param then called when MACs have been sorted, not before this returns; not called when there was nothing to do */
    void sortWaiting(Runnable then) {
        Set<MacAddress> unsorted = queue.unsorted();
        Instant begun = steady.instant();
        if (lookingUp || unsorted.isEmpty() || begun.isBefore(nextLookupAt)) {
            return;
        }
        lookingUp = true;
        ports.portsOf(unsorted)
                .whenComplete((found, fault) -> loop.execute(() -> {
                    lookingUp = false;
                    Instant now = steady.instant();
                    nextLookupAt = now.plus(Duration.between(begun, now).multipliedBy(PAUSE_FACTOR));
                    note(fault);
                    queue.sort(unsorted, fault == null ? found : Map.<MacAddress, BridgePort>of(), now);
                    then.run();
                }));
    }

    /** Said once: without ports all share one turn, which is slower for some and wrong for nobody. */
    private void note(Throwable fault) {
        if (fault != null && !failing) {
            LOG.warnf(
                    "the bridge's ports cannot be read; unknown MACs are asked about as if all came from one: %s",
                    fault);
        }
        failing = fault != null;
    }
}

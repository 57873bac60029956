package cloud.obiente.vpsgateway.ipam;

import java.util.Collection;
import java.util.List;

/**
 * Is told of every allocation: of those that are there at the start, then of each change. Given to {@link Ipam#open}, so that
 * no change can come before it.
 */
public interface AllocationListener {

    /** What is held at the start; on the thread that opens, before any change. What it throws ends the start. */
    default void loaded(Collection<Allocation> held) {}

    /**
     * The changes of one commit; on the writer thread, after they can be seen in {@link Ipam#snapshot()} and before anybody
     * is answered. Must be short. What it throws is logged.
     */
    void changed(List<AllocationChange> changes);
}

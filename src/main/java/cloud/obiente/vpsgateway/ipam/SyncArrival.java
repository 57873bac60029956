package cloud.obiente.vpsgateway.ipam;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The moment at which the list of a sync came in. Whoever wrote the list cannot have known how commands would end that were
 * not answered by then, nor those that came while the list waited for its turn: the sync leaves their VPSs alone.
 *
 * <p>Opened and closed on any thread; what happened since belongs to the writer thread. Close it when the sync has been
 * answered, or will never come: until then every command is noted.
 */
public final class SyncArrival implements AutoCloseable {
    private final Collection<SyncArrival> open;
    private final Set<VpsId> unanswered;
    private final Set<VpsId> touched = new HashSet<>();

    /**
     * @param open all that are open, safe for any thread; this one is among them until it is closed
     * @param unanswered asked when this one notes commands already, so that none is missed
     */
    @SuppressWarnings("ThisEscapedInObjectConstruction") // all that is noted is there by then
    SyncArrival(Collection<SyncArrival> open, Supplier<Set<VpsId>> unanswered) {
        this.open = open;
        open.add(this);
        this.unanswered = unanswered.get();
    }

    /** Writer thread only. */
    void note(VpsId vps) {
        touched.add(vps);
    }

    /** The VPSs that commands were about since then, or that were unanswered; writer thread only. */
    Set<VpsId> newerThanTheList() {
        Set<VpsId> newer = new HashSet<>(unanswered);
        newer.addAll(touched);
        return newer;
    }

    @Override
    public void close() {
        open.remove(this);
    }
}

package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an API instance's database has for this node, as far as it could be read.
 *
 * @param entries in the order of the list; a VPS may be named more than once
 * @param unreadable VPSs with an entry that makes no sense: they are named, and nothing can be said of what they have
 */
public record AllocationList(List<DesiredAllocation> entries, Set<VpsId> unreadable) {
    public AllocationList {
        entries = List.copyOf(entries);
        unreadable = Set.copyOf(unreadable);
    }

    /** VPSs that it names in whatever way. */
    Set<VpsId> named() {
        Set<VpsId> all = new HashSet<>(unreadable);
        entries.forEach(entry -> all.add(entry.vps()));
        return all;
    }

    boolean isEmpty() {
        return entries.isEmpty() && unreadable.isEmpty();
    }
}

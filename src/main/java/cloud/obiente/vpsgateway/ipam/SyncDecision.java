package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the private allocations what the list says, all together, so that swaps and cycles need no order.
 *
 * @param desired the API's list
 * @param untouched VPSs that were listed in a way nobody could read; they keep what they have
 */
record SyncDecision(List<DesiredAllocation> desired, Set<VpsId> untouched) implements Decision<SyncReport> {
    SyncDecision {
        desired = List.copyOf(desired);
        untouched = Set.copyOf(untouched);
    }

    @Override
    public Outcome<SyncReport> decide(IpamSnapshot state, Instant at) {
        SyncSelection selection = SyncSelection.of(state, desired, untouched);
        List<Change> changes = new ArrayList<>();
        for (Allocation allocation : state.allPrivate()) {
            if (!selection.isKnown(allocation.vps())) {
                changes.add(Change.ended(allocation));
            }
        }
        int removed = changes.size();
        int added = 0;
        for (DesiredAllocation entry : selection.honoured()) {
            Optional<Allocation> held = state.privateOf(entry.vps());
            List<Change> change = Change.between(held, wanted(entry, held, at));
            added += held.isEmpty() ? 1 : 0;
            changes.addAll(change);
        }
        int changed = changes.size() - removed - added;
        int unchanged = selection.honoured().size() - added - changed;
        return new Done<>(new SyncReport(added, removed, changed, unchanged, selection.rejected()), changes);
    }

    /** What the VPS has once the entry is honoured. */
    static Allocation wanted(DesiredAllocation entry, Optional<Allocation> held, Instant at) {
        return held.map(allocation -> allocation.moved(entry.organization(), entry.address(), entry.mac(), at))
                .orElseGet(() -> new Allocation(
                        entry.vps(), entry.organization(), entry.address(), entry.mac(), at, Allocation.Kind.PRIVATE));
    }
}

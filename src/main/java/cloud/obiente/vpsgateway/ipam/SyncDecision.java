package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.SyncReport.Rejected;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes the private allocations what the list says, all together, so that swaps and cycles need no order.
 *
 * @param arrival when the list came in
 * @param desired the API's list
 * @param untouched VPSs that were listed in a way nobody could read; they keep what they have
 */
record SyncDecision(SyncArrival arrival, List<DesiredAllocation> desired, Set<VpsId> untouched)
        implements Decision<SyncReport> {
    private static final String OUTDATED =
            "a newer call was about it while the list waited; it stays as that call left it";

    SyncDecision {
        desired = List.copyOf(desired);
        untouched = Set.copyOf(untouched);
    }

    @Override
    public Outcome<SyncReport> decide(IpamSnapshot state, Instant at) {
        Set<VpsId> newer = arrival.newerThanTheList();
        Map<Boolean, List<DesiredAllocation>> byAge =
                desired.stream().collect(Collectors.partitioningBy(entry -> newer.contains(entry.vps())));
        SyncSelection selection = SyncSelection.of(state, byAge.get(false), union(untouched, newer));
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
        List<Rejected> rejected = new ArrayList<>(selection.rejected());
        for (DesiredAllocation entry : byAge.get(true)) {
            if (isFulfilled(entry, state)) {
                unchanged++;
            } else {
                rejected.add(new Rejected(entry, OUTDATED));
            }
        }
        return new Done<>(new SyncReport(added, removed, changed, unchanged, rejected), changes);
    }

    private static Set<VpsId> union(Set<VpsId> one, Set<VpsId> other) {
        Set<VpsId> all = new HashSet<>(one);
        all.addAll(other);
        return all;
    }

    static boolean isFulfilled(DesiredAllocation entry, IpamSnapshot state) {
        Optional<Allocation> held = state.privateOf(entry.vps());
        return held.equals(Optional.of(wanted(entry, held, Instant.EPOCH)));
    }

    /** What the VPS has once the entry is honoured. */
    static Allocation wanted(DesiredAllocation entry, Optional<Allocation> held, Instant at) {
        return held.map(allocation -> allocation.moved(entry.organization(), entry.address(), entry.mac(), at))
                .orElseGet(() -> new Allocation(
                        entry.vps(), entry.organization(), entry.address(), entry.mac(), at, Allocation.Kind.PRIVATE));
    }
}

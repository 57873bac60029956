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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the allocations what the list says, all together, so that swaps and cycles need no order. Private and public ones
 * are two lists in one: each says what there is of its kind and nothing about the other, and a list without a public
 * address says nothing about public addresses, because not every API lists them.
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
        Set<VpsId> keeping = union(untouched, newer);
        Map<Boolean, List<DesiredAllocation>> byKind =
                desired.stream().collect(Collectors.partitioningBy(DesiredAllocation::isPrivate));
        Done<SyncReport> privates =
                decided(byKind.get(true), newer, state, upToDate -> privates(upToDate, keeping, state, at));
        // Upon the private part, so that a card that has just changed hands is judged by its new holder.
        IpamSnapshot then = state.after(privates.changes(), at);
        Done<SyncReport> publics = decided(
                byKind.get(false),
                newer,
                then,
                upToDate -> byKind.get(false).isEmpty()
                        ? new Done<>(new SyncReport(0, 0, 0, 0, List.of()), List.of())
                        : PublicSync.decide(then, upToDate, keeping, at));
        return new Done<>(
                privates.value().and(publics.value()),
                Stream.concat(privates.changes().stream(), publics.changes().stream())
                        .toList());
    }

    /** Entries about VPSs of which a newer call knows better are reported, and otherwise left aside. */
    private static Done<SyncReport> decided(
            List<DesiredAllocation> entries,
            Set<VpsId> newer,
            IpamSnapshot state,
            Function<List<DesiredAllocation>, Done<SyncReport>> decision) {
        Map<Boolean, List<DesiredAllocation>> byAge =
                entries.stream().collect(Collectors.partitioningBy(entry -> newer.contains(entry.vps())));
        Map<Boolean, List<DesiredAllocation>> outdated =
                byAge.get(true).stream().collect(Collectors.partitioningBy(entry -> entry.isFulfilledIn(state)));
        Done<SyncReport> done = decision.apply(byAge.get(false));
        List<Rejected> rejected = outdated.get(false).stream()
                .map(entry -> new Rejected(entry, OUTDATED))
                .toList();
        return new Done<>(
                done.value().and(new SyncReport(0, 0, 0, outdated.get(true).size(), rejected)), done.changes());
    }

    private static Done<SyncReport> privates(
            List<DesiredAllocation> entries, Set<VpsId> keeping, IpamSnapshot state, Instant at) {
        SyncSelection selection = SyncSelection.of(state, entries, keeping);
        List<Change> changes = new ArrayList<>();
        for (Allocation allocation : state.allPrivate()) {
            if (!selection.isKnown(allocation.vps())) {
                changes.add(Change.ended(allocation));
            }
        }
        int removed = changes.size();
        int added = 0;
        for (DesiredAllocation entry : selection.honoured()) {
            Optional<Allocation> held = entry.heldIn(state);
            added += held.isEmpty() ? 1 : 0;
            changes.addAll(Change.between(held, entry.wanted(held, at)));
        }
        int changed = changes.size() - removed - added;
        int unchanged = selection.honoured().size() - added - changed;
        return new Done<>(new SyncReport(added, removed, changed, unchanged, selection.rejected()), changes);
    }

    private static Set<VpsId> union(Set<VpsId> one, Set<VpsId> other) {
        Set<VpsId> all = new HashSet<>(one);
        all.addAll(other);
        return all;
    }
}

package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationConflicts;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Refusal;
import cloud.obiente.vpsgateway.ipam.RefusalReason;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.sync.SyncReport.Rejected;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which public entries of a list can be honoured together: one winner for each address. Lives on the writer thread for the
 * length of one decision.
 */
final class PublicSelection {
    /** An entry and its place in the list, because equal entries are different claims. */
    private record PublicClaim(int place, DesiredAllocation entry) {}

    private final IpamSnapshot state;
    private final Map<Ipv4Address, PublicClaim> winners = new LinkedHashMap<>();
    private final Map<Integer, Rejected> rejected = new TreeMap<>();
    private final RetentionRules rules;
    /** Entries that a newer call agrees with. */
    private int agreeing;

    private PublicSelection(IpamSnapshot state, RetentionRules rules) {
        this.state = state;
        this.rules = rules;
    }

    /** @param released what ends, whatever is listed */
    static Done<SyncReport> decide(
            IpamSnapshot state,
            List<DesiredAllocation> entries,
            RetentionRules rules,
            List<Allocation> released,
            Instant at) {
        PublicSelection selection = new PublicSelection(state, rules);
        selection.decideContests(selection.possible(entries));
        return selection.result(released, at);
    }

    private List<PublicClaim> possible(List<DesiredAllocation> entries) {
        List<PublicClaim> possible = new ArrayList<>();
        for (int place = 0; place < entries.size(); place++) {
            PublicClaim claim = new PublicClaim(place, entries.get(place));
            if (!rules.isOutdatedFor(claim.entry().vps())) {
                objection(claim.entry()).ifPresentOrElse(why -> reject(claim, why), () -> possible.add(claim));
            } else if (claim.entry().isFulfilledIn(state)) {
                agreeing++;
            } else {
                reject(claim, PrivateSelection.OUTDATED);
            }
        }
        return possible;
    }

    private Optional<String> objection(DesiredAllocation entry) {
        AllocationConflicts conflicts = new AllocationConflicts(state, entry.vps());
        Optional<Allocation> holding = state.at(entry.address());
        boolean isHeldPrivately = holding.filter(Allocation::isPrivate).isPresent();
        return conflicts
                .forPublicAddress(entry.address())
                .filter(refusal -> refusal.reason() != RefusalReason.ADDRESS_TAKEN || isHeldPrivately)
                .or(() -> entry.mac().flatMap(conflicts::forMac))
                .map(Refusal::message)
                .or(() ->
                        holding.filter(held -> !held.vps().equals(entry.vps())).flatMap(rules::objection));
    }

    private void decideContests(List<PublicClaim> claims) {
        for (PublicClaim claim : claims) {
            winners.merge(
                    claim.entry().address(), claim, (first, later) -> right(later) > right(first) ? later : first);
        }
        for (PublicClaim claim : claims) {
            PublicClaim winner = winners.get(claim.entry().address());
            if (!claim.equals(winner)) {
                reject(
                        claim,
                        claim.entry().address() + " is listed for "
                                + winner.entry().vps() + " as well");
            }
        }
    }

    /** Who has it exactly as listed comes before who has it, and that one before the rest. */
    private int right(PublicClaim claim) {
        if (claim.entry().isFulfilledIn(state)) {
            return 2;
        }
        return claim.entry().heldIn(state).isPresent() ? 1 : 0;
    }

    private void reject(PublicClaim claim, String why) {
        rejected.put(claim.place(), new Rejected(claim.entry(), why));
        winners.remove(claim.entry().address(), claim);
    }

    private Done<SyncReport> result(List<Allocation> released, Instant at) {
        Set<Ipv4Address> freed = released.stream().map(Allocation::address).collect(Collectors.toSet());
        List<AllocationChange> changes = new ArrayList<>();
        for (Allocation allocation : state.allPublic()) {
            PublicClaim winner = winners.get(allocation.address());
            boolean isGiven = winner != null && !winner.entry().vps().equals(allocation.vps());
            if (isGiven || winner == null && freed.contains(allocation.address())) {
                changes.add(AllocationChange.ended(allocation));
            }
        }
        int removed = changes.size();
        int added = 0;
        for (PublicClaim claim : winners.values()) {
            Optional<Allocation> held = claim.entry().heldIn(state);
            added += held.isEmpty() ? 1 : 0;
            changes.addAll(AllocationChange.between(held, claim.entry().wanted(held, at)));
        }
        int changed = changes.size() - removed - added;
        int unchanged = winners.size() - added - changed + agreeing;
        return new Done<>(new SyncReport(added, removed, changed, unchanged, List.copyOf(rejected.values())), changes);
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.SyncReport.Rejected;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The public part of a sync: one winner per address, the rest gives way. As in {@link SyncSelection}, a VPS with an entry
 * that cannot be honoured keeps what it has, which may stand in the way of others, until nothing moves. Lives on the
 * writer thread for the length of one decision.
 */
final class PublicSync {
    /** An entry and its place in the list, because equal entries are different claims. */
    private record Claim(int place, DesiredAllocation entry) {}

    private final IpamSnapshot state;
    private final Map<Ipv4Address, Claim> winners = new LinkedHashMap<>();
    private final Map<Integer, Rejected> rejected = new TreeMap<>();
    private final Set<VpsId> keeping;

    private PublicSync(IpamSnapshot state, Set<VpsId> keeping) {
        this.state = state;
        this.keeping = new HashSet<>(keeping);
    }

    /** @param keeping VPSs that lose nothing */
    static Done<SyncReport> decide(
            IpamSnapshot state, List<DesiredAllocation> entries, Set<VpsId> keeping, Instant at) {
        PublicSync sync = new PublicSync(state, keeping);
        sync.decideContests(sync.possible(entries));
        sync.yieldToKeepers();
        return sync.result(at);
    }

    private List<Claim> possible(List<DesiredAllocation> entries) {
        List<Claim> possible = new ArrayList<>();
        for (int place = 0; place < entries.size(); place++) {
            Claim claim = new Claim(place, entries.get(place));
            objection(claim.entry()).ifPresentOrElse(why -> reject(claim, why.message()), () -> possible.add(claim));
        }
        return possible;
    }

    /** Public holders do not count here: they may be losing the address in the same sync. */
    private Optional<Refusal> objection(DesiredAllocation entry) {
        Objections objections = new Objections(state, entry.vps());
        boolean isHeldPrivately =
                state.at(entry.address()).filter(Allocation::isPrivate).isPresent();
        return objections
                .toPublicAddress(entry.address())
                .filter(refusal -> refusal.reason() != Reason.ADDRESS_TAKEN || isHeldPrivately)
                .or(() -> entry.mac().flatMap(objections::toMac));
    }

    private void decideContests(List<Claim> claims) {
        for (Claim claim : claims) {
            winners.merge(
                    claim.entry().address(), claim, (first, later) -> right(later) > right(first) ? later : first);
        }
        for (Claim claim : claims) {
            Claim winner = winners.get(claim.entry().address());
            if (!claim.equals(winner)) {
                reject(
                        claim,
                        claim.entry().address() + " is listed for "
                                + winner.entry().vps() + " as well");
            }
        }
    }

    /** Who has it exactly as listed comes before who has it, and that one before the rest. */
    private int right(Claim claim) {
        if (claim.entry().isFulfilledIn(state)) {
            return 2;
        }
        return claim.entry().heldIn(state).isPresent() ? 1 : 0;
    }

    private void yieldToKeepers() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Claim claim : List.copyOf(winners.values())) {
                Optional<VpsId> keeper = holder(claim.entry())
                        .filter(vps -> !vps.equals(claim.entry().vps()))
                        .filter(keeping::contains);
                if (keeper.isPresent()) {
                    reject(claim, keeper.get() + " keeps " + claim.entry().address());
                    moved = true;
                }
            }
        }
    }

    private Optional<VpsId> holder(DesiredAllocation entry) {
        return state.at(entry.address()).map(Allocation::vps);
    }

    private void reject(Claim claim, String why) {
        rejected.put(claim.place(), new Rejected(claim.entry(), why));
        winners.remove(claim.entry().address(), claim);
        keeping.add(claim.entry().vps());
    }

    private Done<SyncReport> result(Instant at) {
        List<Change> changes = new ArrayList<>();
        for (Allocation allocation : state.allPublic()) {
            Claim winner = winners.get(allocation.address());
            boolean isGiven = winner != null && !winner.entry().vps().equals(allocation.vps());
            if (isGiven || winner == null && !keeping.contains(allocation.vps())) {
                changes.add(Change.ended(allocation));
            }
        }
        int removed = changes.size();
        int added = 0;
        for (Claim claim : winners.values()) {
            Optional<Allocation> held = claim.entry().heldIn(state);
            added += held.isEmpty() ? 1 : 0;
            changes.addAll(Change.between(held, claim.entry().wanted(held, at)));
        }
        int changed = changes.size() - removed - added;
        int unchanged = winners.size() - added - changed;
        return new Done<>(new SyncReport(added, removed, changed, unchanged, List.copyOf(rejected.values())), changes);
    }
}

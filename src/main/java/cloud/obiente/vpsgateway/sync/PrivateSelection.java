package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationConflicts;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.RebindChanges;
import cloud.obiente.vpsgateway.ipam.Refusal;
import cloud.obiente.vpsgateway.ipam.RefusalReason;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.sync.SyncReport.Rejected;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which private entries of a list can be honoured together. Lives on the writer thread for the length of one decision.
 *
 * <p>First each entry is judged by itself, then the contests for an address or a MAC are decided, all of them among the same
 * entries, so that the result does not depend on the order of judging. A VPS whose entry loses keeps what it has; that may
 * stand in the way of other entries, which lose in turn, until nothing moves. A second sync with the same list comes to the
 * same result: the winners are holders by then, and holders win.
 */
final class PrivateSelection {
    static final String OUTDATED = "a newer call was about it while the list waited; it stays as that call left it";

    /** An entry and its place in the list, because equal entries are different claims. */
    private record PrivateClaim(int place, DesiredAllocation entry) {
        VpsId vps() {
            return entry.vps();
        }
    }

    private final IpamSnapshot state;
    private final Map<VpsId, PrivateClaim> standing = new LinkedHashMap<>();
    private final Set<VpsId> retention;
    private final Map<Integer, Rejected> rejected = new TreeMap<>();
    /** Entries that a newer call agrees with. */
    private int agreeing;

    private final RetentionRules rules;

    private PrivateSelection(IpamSnapshot state, RetentionRules rules) {
        this.state = state;
        this.rules = rules;
        this.retention = new HashSet<>(rules.privately());
    }

    /**
     * @param entries one for each VPS
     * @param released what ends, whatever is listed
     */
    static Done<SyncReport> decide(
            IpamSnapshot state,
            List<DesiredAllocation> entries,
            RetentionRules rules,
            List<Allocation> released,
            Instant at) {
        PrivateSelection selection = new PrivateSelection(state, rules);
        selection.admit(entries);
        selection.decideContests();
        selection.yieldToKeepers();
        return selection.result(released, at);
    }

    private Done<SyncReport> result(List<Allocation> released, Instant at) {
        List<AllocationChange> changes = new ArrayList<>();
        released.stream()
                .filter(Allocation::isPrivate)
                .filter(held -> !standing.containsKey(held.vps()))
                .map(AllocationChange::ended)
                .forEach(changes::add);
        int removed = changes.size();
        int added = 0;
        int changed = 0;
        for (PrivateClaim claim : standing.values()) {
            Optional<Allocation> held = claim.entry().heldIn(state);
            List<AllocationChange> own =
                    RebindChanges.changes(state, held, claim.entry().wanted(held, at));
            added += held.isEmpty() ? 1 : 0;
            changed += held.isPresent() && !own.isEmpty() ? 1 : 0;
            changes.addAll(own);
        }
        int unchanged = standing.size() - added - changed + agreeing;
        return new Done<>(new SyncReport(added, removed, changed, unchanged, List.copyOf(rejected.values())), changes);
    }

    /** Keeps the entries that can be honoured by themselves. */
    private void admit(List<DesiredAllocation> entries) {
        for (int place = 0; place < entries.size(); place++) {
            PrivateClaim claim = new PrivateClaim(place, entries.get(place));
            if (!rules.isOutdatedFor(claim.vps())) {
                objection(claim).ifPresentOrElse(why -> reject(claim, why), () -> standing.put(claim.vps(), claim));
            } else if (isFulfilled(claim)) {
                agreeing++;
            } else {
                reject(claim, OUTDATED);
            }
        }
    }

    /** Private holders of the address do not count here: they may be moving away in the same sync. */
    private Optional<String> objection(PrivateClaim claim) {
        Optional<Allocation> moving = state.privateOf(claim.vps())
                .filter(held -> !held.address().equals(claim.entry().address()));
        return new AllocationConflicts(state, claim.vps())
                .forAddress(claim.entry().address(), macOf(claim))
                .filter(refusal -> refusal.reason() != RefusalReason.ADDRESS_TAKEN
                        || state.at(claim.entry().address())
                                .filter(Allocation::isPrivate)
                                .isEmpty())
                .map(Refusal::message)
                .or(() -> moving.flatMap(rules::objection));
    }

    private void decideContests() {
        Map<PrivateClaim, PrivateClaim> forAddress =
                contest(standing.values(), claim -> Optional.of(claim.entry().address()), this::holdsAddress);
        Map<PrivateClaim, PrivateClaim> forMac = contest(standing.values(), this::macOf, this::holdsMac);
        forAddress.forEach((loser, winner) ->
                reject(loser, loser.entry().address() + " is listed for " + winner.vps() + " as well"));
        forMac.forEach((loser, winner) ->
                reject(loser, macOf(loser).orElseThrow() + " is listed for or bound to " + winner.vps() + " as well"));
    }

    private void yieldToKeepers() {
        Map<Ipv4Address, PrivateClaim> byAddress = new HashMap<>();
        Map<MacAddress, PrivateClaim> byMac = new HashMap<>();
        for (PrivateClaim claim : standing.values()) {
            byAddress.put(claim.entry().address(), claim);
            macOf(claim).ifPresent(mac -> byMac.put(mac, claim));
        }
        Deque<VpsId> keepers = new ArrayDeque<>(
                retention.stream().filter(vps -> !standing.containsKey(vps)).toList());
        while (!keepers.isEmpty()) {
            state.privateOf(keepers.remove()).ifPresent(kept -> Stream.of(
                            byAddress.get(kept.address()),
                            kept.mac().map(byMac::get).orElse(null))
                    .filter(Objects::nonNull)
                    .filter(claim -> claim.equals(standing.get(claim.vps())))
                    .forEach(claim -> {
                        reject(claim, kept.vps() + " keeps " + kept.address());
                        keepers.add(claim.vps());
                    }));
        }
    }

    private void reject(PrivateClaim claim, String why) {
        rejected.putIfAbsent(claim.place(), new Rejected(claim.entry(), why));
        standing.remove(claim.vps(), claim);
        retention.add(claim.vps());
    }

    /** Of several claims to one thing the rightful wins, else the first listed. Gives each loser with its winner. */
    private static <T> Map<PrivateClaim, PrivateClaim> contest(
            Collection<PrivateClaim> claims,
            Function<PrivateClaim, Optional<T>> thing,
            Predicate<PrivateClaim> isRightful) {
        Map<T, PrivateClaim> winners = new HashMap<>();
        for (PrivateClaim claim : claims) {
            thing.apply(claim)
                    .ifPresent(wanted -> winners.merge(
                            wanted,
                            claim,
                            (first, later) -> !isRightful.test(first) && isRightful.test(later) ? later : first));
        }
        Map<PrivateClaim, PrivateClaim> losers = new LinkedHashMap<>();
        for (PrivateClaim claim : claims) {
            thing.apply(claim)
                    .map(winners::get)
                    .filter(winner -> !winner.equals(claim))
                    .ifPresent(winner -> losers.put(claim, winner));
        }
        return losers;
    }

    private boolean isFulfilled(PrivateClaim claim) {
        return claim.entry().isFulfilledIn(state);
    }

    private boolean holdsAddress(PrivateClaim claim) {
        return state.privateOf(claim.vps())
                .filter(held -> held.address().equals(claim.entry().address()))
                .isPresent();
    }

    private boolean holdsMac(PrivateClaim claim) {
        return macOf(claim)
                .flatMap(state::ofMac)
                .filter(holding -> holding.vps().equals(claim.vps()))
                .isPresent();
    }

    /** The MAC that the VPS has once the claim is honoured. */
    private Optional<MacAddress> macOf(PrivateClaim claim) {
        return claim.entry().mac().or(() -> state.privateOf(claim.vps()).flatMap(Allocation::mac));
    }
}

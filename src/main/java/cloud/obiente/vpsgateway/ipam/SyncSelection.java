package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.SyncReport.Rejected;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
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
 * Which entries of a sync can be honoured together. Lives on the writer thread for the length of one decision.
 *
 * <p>First each entry is judged by itself, then one entry per VPS is chosen, then the contests for an address or a MAC
 * are decided, all of them among the same entries, so that the result does not depend on the order of judging. A VPS
 * whose entry loses keeps what it has; that may stand in the way of other entries, which lose in turn, until nothing
 * moves. A second sync with the same list comes to the same result: the winners are holders by then, and holders win.
 */
final class SyncSelection {
    /** An entry and its place in the list, because equal entries are different claims. */
    private record Claim(int place, DesiredAllocation entry) {
        VpsId vps() {
            return entry.vps();
        }
    }

    private final IpamSnapshot state;
    private final Map<VpsId, Claim> standing = new LinkedHashMap<>();
    private final Set<VpsId> keeping;
    private final Map<Integer, Rejected> rejected = new TreeMap<>();

    private SyncSelection(IpamSnapshot state, Set<VpsId> untouched) {
        this.state = state;
        this.keeping = new HashSet<>(untouched);
    }

    static SyncSelection of(IpamSnapshot state, List<DesiredAllocation> desired, Set<VpsId> untouched) {
        SyncSelection selection = new SyncSelection(state, untouched);
        selection.chooseOnePerVps(selection.possible(desired));
        selection.decideContests();
        selection.yieldToKeepers();
        return selection;
    }

    /** Entries to honour, in the order of the list. */
    List<DesiredAllocation> honoured() {
        return standing.values().stream().map(Claim::entry).toList();
    }

    List<Rejected> rejected() {
        return List.copyOf(rejected.values());
    }

    /** Whether the API still knows the VPS: it has an honoured entry, or keeps what it has. */
    boolean isKnown(VpsId vps) {
        return standing.containsKey(vps) || keeping.contains(vps);
    }

    private List<Claim> possible(List<DesiredAllocation> desired) {
        List<Claim> possible = new ArrayList<>();
        for (int place = 0; place < desired.size(); place++) {
            Claim claim = new Claim(place, desired.get(place));
            objection(claim).ifPresentOrElse(why -> reject(claim, why.message()), () -> possible.add(claim));
        }
        return possible;
    }

    /** Private holders do not count here: they may be moving away in the same sync. */
    private Optional<Refusal> objection(Claim claim) {
        return new Objections(state, claim.vps())
                .toAddress(claim.entry().address())
                .filter(refusal -> refusal.reason() != Reason.ADDRESS_TAKEN
                        || state.at(claim.entry().address())
                                .filter(Allocation::isPrivate)
                                .isEmpty());
    }

    private void chooseOnePerVps(List<Claim> possible) {
        Map<Claim, Claim> losers = contest(possible, claim -> Optional.of(claim.vps()), this::isFulfilled);
        possible.stream()
                .filter(claim -> !losers.containsKey(claim))
                .forEach(claim -> standing.put(claim.vps(), claim));
        losers.keySet().forEach(loser -> reject(loser, loser.vps() + " is listed more than once"));
    }

    private void decideContests() {
        Map<Claim, Claim> forAddress =
                contest(standing.values(), claim -> Optional.of(claim.entry().address()), this::holdsAddress);
        Map<Claim, Claim> forMac = contest(standing.values(), this::macOf, this::holdsMac);
        forAddress.forEach((loser, winner) ->
                reject(loser, loser.entry().address() + " is listed for " + winner.vps() + " as well"));
        forMac.forEach((loser, winner) ->
                reject(loser, macOf(loser).orElseThrow() + " is listed for or bound to " + winner.vps() + " as well"));
    }

    private void yieldToKeepers() {
        Map<Ipv4Address, Claim> byAddress = new HashMap<>();
        Map<MacAddress, Claim> byMac = new HashMap<>();
        for (Claim claim : standing.values()) {
            byAddress.put(claim.entry().address(), claim);
            macOf(claim).ifPresent(mac -> byMac.put(mac, claim));
        }
        Deque<VpsId> keepers = new ArrayDeque<>(
                keeping.stream().filter(vps -> !standing.containsKey(vps)).toList());
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

    private void reject(Claim claim, String why) {
        rejected.putIfAbsent(claim.place(), new Rejected(claim.entry(), why));
        standing.remove(claim.vps(), claim);
        keeping.add(claim.vps());
    }

    /** Of several claims to one thing the rightful wins, else the first listed. Gives each loser with its winner. */
    private static <T> Map<Claim, Claim> contest(
            Collection<Claim> claims, Function<Claim, Optional<T>> thing, Predicate<Claim> isRightful) {
        Map<T, Claim> winners = new HashMap<>();
        for (Claim claim : claims) {
            thing.apply(claim)
                    .ifPresent(wanted -> winners.merge(
                            wanted,
                            claim,
                            (first, later) -> !isRightful.test(first) && isRightful.test(later) ? later : first));
        }
        Map<Claim, Claim> losers = new LinkedHashMap<>();
        for (Claim claim : claims) {
            thing.apply(claim)
                    .map(winners::get)
                    .filter(winner -> !winner.equals(claim))
                    .ifPresent(winner -> losers.put(claim, winner));
        }
        return losers;
    }

    private boolean isFulfilled(Claim claim) {
        return claim.entry().isFulfilledIn(state);
    }

    private boolean holdsAddress(Claim claim) {
        return state.privateOf(claim.vps())
                .filter(held -> held.address().equals(claim.entry().address()))
                .isPresent();
    }

    private boolean holdsMac(Claim claim) {
        return macOf(claim)
                .flatMap(state::ofMac)
                .filter(holding -> holding.vps().equals(claim.vps()))
                .isPresent();
    }

    /** The MAC that the VPS has once the claim is honoured. */
    private Optional<MacAddress> macOf(Claim claim) {
        return claim.entry().mac().or(() -> state.privateOf(claim.vps()).flatMap(Allocation::mac));
    }
}

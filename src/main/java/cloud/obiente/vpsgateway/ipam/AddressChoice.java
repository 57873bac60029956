package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Which address of the gateway's share a VPS gets that has none and names none, as things stand in one snapshot. */
record AddressChoice(IpamSnapshot state) {
    private static final Logger LOG = Logger.getLogger(Ipam.class);
    /** Of whom it must be known whether they are there. More can be given away as soon as it is known of them. */
    static final int MAX_RECLAIM_CANDIDATES = 32;

    /**
     * The address for a VPS that has no wish: the one that it had last, or else that this MAC had; the one that this MAC
     * leases; the lowest that was never used, else the one released longest ago; one that somebody else uses only when all
     * others are held; empty when all are.
     */
    Optional<Ipv4Address> addressFor(VpsId vps, Optional<MacAddress> mac) {
        Optional<Ipv4Address> leased = mac.flatMap(state.settings.leasedTo())
                .filter(address -> state.pool().isSelectable(address) || isUnclaimedLeaseOf(address, mac))
                .filter(address -> isFreeFor(address, mac));
        Optional<Ipv4Address> earlier = state.released
                .lastOf(vps, mac)
                .map(ReleasedAddress::address)
                .filter(state.pool()::isSelectable)
                .filter(address -> isFreeFor(address, mac))
                .filter(address -> !state.settings.usedByOther().test(address, mac.or(() -> lastMacOf(address))));
        Optional<Ipv4Address> chosen = earlier.or(() -> leased).or(this::nextFree);
        if (LOG.isDebugEnabled()) {
            LOG.debugf(
                    "address for %s (MAC %s): %s, %s",
                    vps,
                    mac.map(Object::toString).orElse("unknown"),
                    chosen.map(Object::toString).orElse("none"),
                    reason(earlier.isPresent(), leased.isPresent(), chosen.isPresent()));
        }
        return chosen;
    }

    private static String reason(boolean hadEarlier, boolean leases, boolean found) {
        if (hadEarlier) {
            return "its last address";
        }
        if (leases) {
            return "leased to its MAC";
        }
        return found ? "next free address of the pool" : "the pool has no free address";
    }

    private Optional<MacAddress> lastMacOf(Ipv4Address address) {
        return state.releasedAt(address).flatMap(ReleasedAddress::mac);
    }

    /** Who has it already keeps it, of whichever share it is: only the memory of it was lost. */
    private boolean isUnclaimedLeaseOf(Ipv4Address address, Optional<MacAddress> mac) {
        return state.unclaimedAt(address)
                .map(UnclaimedLease::mac)
                .filter(leasing -> mac.equals(Optional.of(leasing)))
                .isPresent();
    }

    private boolean isFreeFor(Ipv4Address address, Optional<MacAddress> mac) {
        return state.pool().contains(address)
                && !state.byAddress.containsKey(address)
                && state.unclaimedAt(address)
                        .filter(lease -> !mac.equals(Optional.of(lease.mac())))
                        .isEmpty();
    }

    /** The address to take back when no other is free: of those that may be, the one unseen for longest. */
    Optional<Allocation> reclaimable(Instant now) {
        return state.settings.reclaiming().flatMap(rule -> reclaimCandidates(MAX_RECLAIM_CANDIDATES, now).stream()
                .filter(rule.unused())
                .findFirst());
    }

    /** @see IpamSnapshot#reclaimCandidates */
    List<Allocation> reclaimCandidates(int count, Instant now) {
        return state.settings.reclaiming().stream()
                .flatMap(rule -> state.allPrivate().stream()
                        .filter(held -> state.pool().isSelectable(held.address()))
                        .filter(held -> !now.isBefore(state.lastSignOf(held).plus(rule.after()))))
                .filter(held -> !state.settings.usedByOther().test(held.address(), held.mac())
                        && held.mac().flatMap(state.settings.leasedTo()).isEmpty())
                .sorted(Comparator.comparing(state::lastSignOf))
                .limit(count)
                .toList();
    }

    /** The choice for a VPS that was never here, with a MAC that was never here. */
    Optional<Ipv4Address> nextFree() {
        Predicate<Ipv4Address> claimable = address -> state.unclaimedAt(address).isEmpty();
        Predicate<Ipv4Address> quiet =
                claimable.and(address -> !state.settings.usedByOther().test(address, Optional.empty()));
        return firstNeverUsed(quiet)
                .or(() -> state.released.longestReleased(state.pool(), quiet))
                .or(() -> firstNeverUsed(claimable))
                .or(() -> state.released.longestReleased(state.pool(), claimable));
    }

    /** @see IpamSnapshot#candidates */
    List<Ipv4Address> candidates(int count) {
        Stream<Ipv4Address> usedBefore =
                state.released.inOrder().stream().map(ReleasedAddress::address).filter(state.pool()::isSelectable);
        return Stream.concat(neverUsed(), usedBefore)
                .filter(address -> state.unclaimedAt(address).isEmpty())
                .filter(address -> !state.settings.usedByOther().test(address, Optional.empty()))
                .limit(count)
                .toList();
    }

    private Optional<Ipv4Address> firstNeverUsed(Predicate<Ipv4Address> acceptable) {
        return neverUsed().filter(acceptable).findFirst();
    }

    private Stream<Ipv4Address> neverUsed() {
        Ipv4Range share = state.pool().share();
        return LongStream.range(state.firstFreeHint, share.size())
                .mapToObj(place -> share.first().plus((int) place))
                .filter(this::isNeverUsed);
    }

    private boolean isNeverUsed(Ipv4Address address) {
        return state.pool().isSelectable(address)
                && !state.byAddress.containsKey(address)
                && state.releasedAt(address).isEmpty();
    }
}

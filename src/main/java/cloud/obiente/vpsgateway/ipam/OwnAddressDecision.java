package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The host's own addresses are nobody else's. The fact stays although nothing else may change, so the decision never
 * refuses.
 */
record OwnAddressDecision(Set<Ipv4Address> own) implements Decision<OwnAddressReport> {
    OwnAddressDecision {
        own = Set.copyOf(own);
    }

    @Override
    public IpamSnapshot upon(IpamSnapshot state) {
        return state.onHostWith(own);
    }

    @Override
    public Outcome<OwnAddressReport> decide(IpamSnapshot state, Instant at) {
        List<AllocationChange> moved = new ArrayList<>();
        List<Allocation> stranded = new ArrayList<>();
        IpamSnapshot then = state;
        for (Allocation holding : holdings(state)) {
            Optional<Ipv4Address> free = then.choice().nextFree();
            if (free.isEmpty()) {
                stranded.add(holding);
                continue;
            }
            AllocationChange move = new AllocationChange(
                    Optional.of(holding),
                    Optional.of(holding.moved(OrganizationId.UNKNOWN, free.get(), Optional.empty(), at)));
            moved.add(move);
            then = then.withChanges(List.of(move), at);
        }
        return new Done<>(new OwnAddressReport(moved, stranded), moved);
    }

    /** Public addresses are not considered: they are refused where it is asked for, and no other could take its place. */
    private List<Allocation> holdings(IpamSnapshot state) {
        return own.stream()
                .sorted()
                .map(state::at)
                .flatMap(Optional::stream)
                .filter(Allocation::isPrivate)
                .toList();
    }
}

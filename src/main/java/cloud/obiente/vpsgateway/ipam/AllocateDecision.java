package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A VPS keeps the address that it has, whatever it would prefer; only a VPS without one gets a new one. */
record AllocateDecision(AllocateCommand command) implements Decision<Allocation> {

    @Override
    public Outcome<Allocation> decide(IpamSnapshot state, Instant at) {
        AllocationConflicts conflicts = new AllocationConflicts(state, command.vps());
        Optional<Refusal> macTaken = command.mac().flatMap(conflicts::forMac);
        if (macTaken.isPresent()) {
            return new Refused<>(macTaken.get());
        }
        Optional<Allocation> held = state.privateOf(command.vps());
        if (held.isPresent()) {
            Allocation updated = held.get().updated(command.organization(), command.mac());
            return new Done<>(updated, RebindChanges.changes(state, held, updated));
        }
        Optional<Refusal> preferenceRefused =
                command.preferred().flatMap(wish -> conflicts.forAddress(wish, command.mac()));
        if (preferenceRefused.isPresent()) {
            return new Refused<>(preferenceRefused.get());
        }
        return command.preferred()
                .or(() -> state.choice().addressFor(command.vps(), command.mac()))
                .map(address -> allocated(address, at))
                .or(() -> state.choice().reclaimable(at).map(unseen -> reclaimed(unseen, at)))
                .orElseGet(() -> new Refused<>(exhausted(state.pool())));
    }

    @Override
    public Optional<Ipv4Address> confirmed(Allocation told) {
        return Optional.of(told.address());
    }

    private Outcome<Allocation> reclaimed(Allocation unseen, Instant at) {
        Allocation allocation = new Allocation(
                command.vps(), command.organization(), unseen.address(), command.mac(), at, Allocation.Kind.PRIVATE);
        return new Done<>(allocation, List.of(AllocationChange.ended(unseen), AllocationChange.added(allocation)));
    }

    private Outcome<Allocation> allocated(Ipv4Address address, Instant at) {
        Allocation allocation = new Allocation(
                command.vps(), command.organization(), address, command.mac(), at, Allocation.Kind.PRIVATE);
        return new Done<>(allocation, List.of(AllocationChange.added(allocation)));
    }

    private static Refusal exhausted(AddressPool pool) {
        return new Refusal(
                RefusalReason.POOL_EXHAUSTED,
                "all " + pool.size() + " addresses of " + pool.describe()
                        + " are held (release some, enlarge the pool, or set GATEWAY_RECLAIM_AFTER)",
                Map.of());
    }
}

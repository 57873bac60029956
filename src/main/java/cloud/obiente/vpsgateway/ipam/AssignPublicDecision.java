package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A public address has one holder; the holder may move it to another MAC of its own. An address that only a list names,
 * for a VPS that leases nothing, is free for the VPS that the API gives it to: lists name VPSs long after they are gone.
 */
record AssignPublicDecision(AssignPublicCommand command) implements Decision<Allocation> {

    @Override
    public Outcome<Allocation> decide(IpamSnapshot state, Instant at) {
        MacAddress mac = state.livingMac(command.vps(), command.mac());
        AllocationConflicts conflicts = new AllocationConflicts(state, command.vps());
        Optional<Allocation> abandoned = state.at(command.address()).filter(held -> isAbandoned(held, state));
        Optional<Refusal> refusal = conflicts
                .forPublicAddress(command.address())
                .filter(why -> why.reason() != RefusalReason.ADDRESS_TAKEN || abandoned.isEmpty())
                .or(() -> conflicts.forMac(mac));
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        Optional<Allocation> held = state.at(command.address()).filter(holding -> holding.isPublicOf(command.vps()));
        Allocation assigned = held.map(holding -> holding.updated(command.organization(), Optional.of(mac)))
                .orElseGet(() -> new Allocation(
                        command.vps(),
                        command.organization(),
                        command.address(),
                        Optional.of(mac),
                        at,
                        Allocation.Kind.PUBLIC));
        List<AllocationChange> changes = new ArrayList<>();
        if (held.isEmpty()) {
            abandoned.map(AllocationChange::ended).ifPresent(changes::add);
        }
        changes.addAll(AllocationChange.between(held, assigned));
        return new Done<>(assigned, changes);
    }

    private static boolean isAbandoned(Allocation held, IpamSnapshot state) {
        return !held.isPrivate()
                && state.facts(held).origin() == AllocationFacts.Origin.LISTED
                && leasesNothing(held, state)
                && state.privateOf(held.vps())
                        .filter(own -> !leasesNothing(own, state))
                        .isEmpty();
    }

    private static boolean leasesNothing(Allocation held, IpamSnapshot state) {
        return held.mac().flatMap(state.settings.leasedTo()).isEmpty();
    }

    @Override
    public Optional<Ipv4Address> confirmed(Allocation told) {
        return Optional.of(told.address());
    }
}

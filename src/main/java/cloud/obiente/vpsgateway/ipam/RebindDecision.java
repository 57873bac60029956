package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.Optional;

/** The NIC changes, the address stays. Unlike an allocation this never gives an address to a VPS that has none. */
record RebindDecision(RebindCommand command) implements Decision<Allocation> {

    @Override
    public Outcome<Allocation> decide(IpamSnapshot state, Instant at) {
        Optional<Allocation> held = state.privateOf(command.vps());
        if (held.isEmpty()) {
            return new Refused<>(
                    Refusal.notFound(command.vps(), command.vps() + " holds no private address on this gateway"));
        }
        Optional<Refusal> macTaken = new AllocationConflicts(state, command.vps()).forMac(command.mac());
        if (macTaken.isPresent()) {
            return new Refused<>(macTaken.get());
        }
        Allocation rebound = held.get().updated(command.organization(), Optional.of(command.mac()));
        return new Done<>(rebound, RebindChanges.changes(state, held, rebound));
    }

    @Override
    public Optional<Ipv4Address> confirmed(Allocation told) {
        return Optional.of(told.address());
    }
}

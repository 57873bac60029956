package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.Optional;

/** The caller names address and NIC; what the VPS had gives way. */
record BindDecision(BindCommand command) implements Decision<Allocation> {

    @Override
    public Outcome<Allocation> decide(IpamSnapshot state, Instant at) {
        AllocationConflicts conflicts = new AllocationConflicts(state, command.vps());
        Optional<Refusal> refusal = conflicts
                .forAddress(command.address(), Optional.of(command.mac()))
                .or(() -> conflicts.forMac(command.mac()));
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        Optional<Allocation> held = state.privateOf(command.vps());
        Allocation bound = held.map(allocation ->
                        allocation.moved(command.organization(), command.address(), Optional.of(command.mac()), at))
                .orElseGet(() -> new Allocation(
                        command.vps(),
                        command.organization(),
                        command.address(),
                        Optional.of(command.mac()),
                        at,
                        Allocation.Kind.PRIVATE));
        return new Done<>(bound, RebindChanges.changes(state, held, bound));
    }

    @Override
    public Optional<Ipv4Address> confirmed(Allocation told) {
        return Optional.of(told.address());
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import java.time.Instant;
import java.util.Optional;

/** A public address has one holder; the holder may move it to another card of its own. */
record AssignPublicDecision(AssignPublicCommand command) implements Decision<Allocation> {

    @Override
    public Outcome<Allocation> decide(IpamSnapshot state, Instant at) {
        Objections objections = new Objections(state, command.vps());
        Optional<Refusal> refusal =
                objections.toPublicAddress(command.address()).or(() -> objections.toMac(command.mac()));
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        DesiredAllocation desired = new DesiredAllocation(
                command.vps(),
                command.organization(),
                command.address(),
                Optional.of(command.mac()),
                Allocation.Kind.PUBLIC);
        Optional<Allocation> held = desired.heldIn(state);
        Allocation assigned = desired.wanted(held, at);
        return new Done<>(assigned, Change.between(held, assigned));
    }

    @Override
    public Optional<VpsId> confirmed(Allocation told) {
        return Optional.of(told.vps());
    }
}

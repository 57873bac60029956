package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Ends the private allocation of a VPS, of the given address only where one is given. */
record ReleaseDecision(ReleaseCommand command) implements Decision<List<Allocation>> {

    @Override
    public Outcome<List<Allocation>> decide(IpamSnapshot state, Instant at) {
        Optional<Allocation> held = state.privateOf(command.vps());
        Optional<Allocation> meant = held.filter(allocation -> command.address()
                .filter(address -> !address.equals(allocation.address()))
                .isEmpty());
        if (meant.isPresent()) {
            return new Done<>(List.of(meant.get()), List.of(AllocationChange.ended(meant.get())));
        }
        return new Refused<>(Refusal.notFound(command.vps(), explanation(state)));
    }

    private String explanation(IpamSnapshot state) {
        if (command.address().isEmpty()) {
            return command.vps() + " has no private address";
        }
        Ipv4Address address = command.address().get();
        return state.at(address)
                .map(holding -> holding.vps().equals(command.vps())
                        ? address + " is a public address of " + command.vps()
                        : address + " is held by " + holding.vps() + ", not by " + command.vps())
                .orElse(address + " is not allocated");
    }
}

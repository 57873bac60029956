package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ends one public allocation; a private one of that address is none of its business. */
record ReleasePublicDecision(ReleasePublicCommand command) implements Decision<List<Allocation>> {

    @Override
    public Outcome<List<Allocation>> decide(IpamSnapshot state, Instant at) {
        Optional<Allocation> holding = state.at(command.address());
        return holding.filter(held -> fits(held, state))
                .<Outcome<List<Allocation>>>map(
                        ended -> new Done<>(List.of(ended), List.of(AllocationChange.ended(ended))))
                .orElseGet(() -> new Refused<>(new Refusal(
                        RefusalReason.NOT_FOUND,
                        explanation(holding),
                        Map.of("address", command.address().toString()))));
    }

    /** A MAC that another has replaced means the one that the VPS has now, as it does where the address is given. */
    private boolean fits(Allocation holding, IpamSnapshot state) {
        return !holding.isPrivate()
                && command.vps().filter(vps -> !vps.equals(holding.vps())).isEmpty()
                && command.mac()
                        .filter(mac -> !holding.mac().equals(Optional.of(mac))
                                && !holding.mac().equals(Optional.of(state.livingMac(holding.vps(), mac))))
                        .isEmpty();
    }

    private String explanation(Optional<Allocation> holding) {
        return holding.map(held -> held.isPrivate()
                        ? command.address() + " is a private address, of " + held.vps()
                        : command.address() + " is held by " + held.vps()
                                + held.mac().map(mac -> " with " + mac).orElse(""))
                .orElse(command.address() + " is not allocated");
    }
}

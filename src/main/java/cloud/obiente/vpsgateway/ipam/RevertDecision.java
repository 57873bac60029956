package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Undoes changes that could not be made effective, unless another command has built on one of them. */
record RevertDecision(List<AllocationChange> changes) implements Decision<List<AllocationChange>> {
    RevertDecision {
        changes = List.copyOf(changes);
    }

    @Override
    public Outcome<List<AllocationChange>> decide(IpamSnapshot state, Instant at) {
        Optional<AllocationChange> overtaken =
                changes.stream().filter(change -> !stillStands(change, state)).findFirst();
        if (overtaken.isPresent()) {
            return new Refused<>(new Refusal(
                    RefusalReason.CONFLICT,
                    overtaken.get().subject().address() + " has been changed by another command meanwhile",
                    Map.of("address", overtaken.get().subject().address().toString())));
        }
        List<AllocationChange> inverse =
                changes.stream().map(AllocationChange::inverse).toList();
        return new Done<>(inverse, inverse);
    }

    /** Of two changes about one address, the one that gave it to somebody is what there is now. */
    private boolean stillStands(AllocationChange change, IpamSnapshot state) {
        Ipv4Address address = change.subject().address();
        Optional<Allocation> left = changes.stream()
                .flatMap(other -> other.after().stream())
                .filter(given -> given.address().equals(address))
                .findFirst();
        return state.at(address).equals(left);
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ends the private allocation that fits everything the caller said. */
record UnbindDecision(UnbindCommand command) implements Decision<List<Allocation>> {

    @Override
    public Outcome<List<Allocation>> decide(IpamSnapshot state, Instant at) {
        List<Allocation> candidates = candidates(state);
        return candidates.stream()
                .filter(this::fits)
                .findFirst()
                .<Outcome<List<Allocation>>>map(
                        ended -> new Done<>(List.of(ended), List.of(AllocationChange.ended(ended))))
                .orElseGet(
                        () -> new Refused<>(new Refusal(RefusalReason.NOT_FOUND, explanation(candidates), Map.of())));
    }

    /** What the caller may have meant: each given feature leads to at most one private allocation. */
    private List<Allocation> candidates(IpamSnapshot state) {
        return Stream.of(
                        command.address().flatMap(state::at).filter(Allocation::isPrivate),
                        command.vps().flatMap(state::privateOf),
                        command.mac().flatMap(state::ofMac))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    private boolean fits(Allocation allocation) {
        return matches(command.vps(), allocation, a -> Optional.of(a.vps()))
                && matches(command.mac(), allocation, Allocation::mac)
                && matches(command.address(), allocation, a -> Optional.of(a.address()));
    }

    private static <F> boolean matches(
            Optional<F> wanted, Allocation allocation, Function<Allocation, Optional<F>> feature) {
        return wanted.isEmpty() || wanted.equals(feature.apply(allocation));
    }

    private String explanation(List<Allocation> candidates) {
        String wanted = Stream.of(command.vps(), command.mac(), command.address())
                .flatMap(Optional::stream)
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        String present = candidates.stream()
                .map(a -> a.vps() + " has " + a.address()
                        + a.mac().map(mac -> " with " + mac).orElse(" without a MAC"))
                .collect(Collectors.joining("; "));
        return "no private address matches " + wanted + (present.isEmpty() ? "" : " (" + present + ")");
    }
}

package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.ipam.Outcome;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A decided command, and whether it is in effect.
 *
 * @param outcome durable, whatever {@code pending} says
 * @param pending what is not confirmed yet and is being retried, in one line; empty: the kernel, DHCP and DNS follow the
 *     outcome now
 * @param <T> what the caller wanted
 */
public record ProvisionResult<T>(Outcome<T> outcome, Optional<String> pending) {

    ProvisionResult<T> alsoPending(Optional<String> other) {
        String both = Stream.of(other, pending).flatMap(Optional::stream).collect(Collectors.joining("; "));
        return new ProvisionResult<>(outcome, Optional.of(both).filter(text -> !text.isEmpty()));
    }
}

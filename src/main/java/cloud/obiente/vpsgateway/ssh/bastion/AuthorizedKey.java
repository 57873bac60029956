package cloud.obiente.vpsgateway.ssh.bastion;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A key that may log in.
 *
 * @param fingerprint as ssh-keygen prints it
 * @param line type and key, without options and comment
 * @param options what it is limited to
 */
record AuthorizedKey(String fingerprint, String line, KeyOptions options) {

    /** Why nobody may log in with it from there and now; empty: they may. */
    Optional<String> objection(InetAddress from, Instant now) {
        if (options.expiry().filter(end -> !now.isBefore(end)).isPresent()) {
            return Optional.of("the key expired at " + options.expiry().get());
        }
        boolean admitted = options.from().map(allowed -> allowed.admit(from)).orElse(true);
        return admitted ? Optional.empty() : Optional.of("the key may not be used from there (from=)");
    }

    /** Why this target may not be reached with it; empty: it may, as far as the key is concerned. */
    Optional<String> objection(String target, int port) {
        if (!options.forwarding()) {
            return Optional.of(
                    "target not allowed: this key may reach nothing (restrict or no-port-forwarding, without port-forwarding)");
        }
        boolean permitted = options.permitOpen().isEmpty()
                || options.permitOpen().stream().anyMatch(open -> open.permits(target, port));
        return permitted
                ? Optional.empty()
                : Optional.of("target not allowed: this key may reach "
                        + options.permitOpen().stream()
                                .map(OpenTarget::toString)
                                .collect(Collectors.joining(", "))
                        + " only (permitopen=)");
    }
}

package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;
import java.util.Optional;

/**
 * The lists of one source.
 *
 * @param firstListAt when its first one came
 * @param lastListAt when its last one came
 * @param implausibleSince since when each of its lists has left out so much that it is not believed; empty when the last
 *     one was believed
 * @param acceptedAt when an operator said that such lists are right; empty when the last list needed no such word
 */
public record SourceState(
        Instant firstListAt, Instant lastListAt, Optional<Instant> implausibleSince, Optional<Instant> acceptedAt) {

    /** After one more list. */
    public static SourceState next(Optional<SourceState> before, Instant at, boolean implausible) {
        return new SourceState(
                before.map(SourceState::firstListAt).orElse(at),
                at,
                implausible
                        ? Optional.of(
                                before.flatMap(SourceState::implausibleSince).orElse(at))
                        : Optional.empty(),
                implausible ? before.flatMap(SourceState::acceptedAt) : Optional.empty());
    }

    /** The same, believed by an operator's word. */
    public SourceState accepted(Instant at) {
        return new SourceState(firstListAt, lastListAt, implausibleSince, Optional.of(at));
    }
}

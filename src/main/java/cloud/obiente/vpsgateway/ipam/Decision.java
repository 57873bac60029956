package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;
import java.util.Optional;

/** What one command does to one state. Pure: it reads the state and answers with the changes to make. */
@FunctionalInterface
interface Decision<T> {

    /** What the decision is made upon, where it is about more than who holds what. */
    default IpamSnapshot upon(IpamSnapshot state) {
        return state;
    }

    /** @param at the moment of the command, for what it allocates */
    Outcome<T> decide(IpamSnapshot state, Instant at);

    /**
     * The VPS that the caller is told about, even where nothing changed.
     *
     * @param told the value of the outcome
     */
    default Optional<VpsId> confirmed(T told) {
        return Optional.empty();
    }
}

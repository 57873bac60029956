package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.Optional;

/**
 * What one command does to one state. Pure: it reads the state and answers with the changes to make. Called on the writer
 * thread, so what it asks besides must answer at once.
 */
@FunctionalInterface
public interface Decision<T> {

    /** The state that the decision is based on, where it is about more than who holds what. */
    default IpamSnapshot upon(IpamSnapshot state) {
        return state;
    }

    /** @param at the moment of the command, for what it allocates */
    Outcome<T> decide(IpamSnapshot state, Instant at);

    /**
     * The address that the caller is told about, even where nothing changed.
     *
     * @param told the value of the outcome
     */
    default Optional<Ipv4Address> confirmed(T told) {
        return Optional.empty();
    }
}

package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;

/** What one command does to one state. Pure: it reads the state and answers with the changes to make. */
@FunctionalInterface
interface Decision<T> {

    /** @param at the moment of the command, for what it allocates */
    Outcome<T> decide(IpamSnapshot state, Instant at);
}

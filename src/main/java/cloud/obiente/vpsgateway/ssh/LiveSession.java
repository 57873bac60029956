package cloud.obiente.vpsgateway.ssh;

/**
 * A tunnel that there is now.
 *
 * @param number among all tunnels of this run of the gateway
 * @param state connecting, open, flushing or lingering
 * @param soFar its record as it would be if it ended now; without an end
 */
public record LiveSession(long number, String state, SessionRecord soFar) {}

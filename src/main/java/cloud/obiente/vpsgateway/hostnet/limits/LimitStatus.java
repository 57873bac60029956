package cloud.obiente.vpsgateway.hostnet.limits;

import java.util.Optional;

/**
 * Whether the kernel holds VPSs to their limits.
 *
 * @param vpss how many MAC addresses have limits of their own
 * @param fault what keeps the limits from being in force, and what to do; empty: they are, as far as was checked
 */
public record LimitStatus(int vpss, Optional<String> fault) {
    static final LimitStatus NOT_YET =
            new LimitStatus(0, Optional.of("the limits have not been put in place yet; it is being done"));

    public boolean inForce() {
        return fault.isEmpty();
    }
}

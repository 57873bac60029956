package cloud.obiente.vpsgateway.hostnet.guard;

import java.util.Optional;

/**
 * Whether the kernel enforces what was decided.
 *
 * @param addresses how many are guarded
 * @param fault what keeps it from being so and what to do; empty: it is so, as of the last check
 */
public record GuardStatus(int addresses, Optional<String> fault) {
    static final GuardStatus NOT_YET =
            new GuardStatus(0, Optional.of("the guard has not been put in place yet; it is being done"));

    public boolean enforced() {
        return fault.isEmpty();
    }
}

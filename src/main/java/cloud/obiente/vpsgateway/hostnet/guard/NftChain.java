package cloud.obiente.vpsgateway.hostnet.guard;

import java.util.List;
import java.util.Optional;

/**
 * A chain of rules.
 *
 * @param hook where the kernel calls it; empty for one that others jump to
 */
record NftChain(String name, Optional<String> hook, List<Rule> rules) {

    /**
     * One rule.
     *
     * @param when what must be true of a packet; empty: nothing
     * @param then what happens then
     */
    record Rule(String when, String then) {
        String text() {
            return when.isEmpty() ? then : when + " " + then;
        }
    }

    NftChain {
        rules = List.copyOf(rules);
    }
}

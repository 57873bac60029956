package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the table nat holds of ours, and the way from there to what it should hold.
 *
 * @param hasChain whether our chain is there
 * @param jumps the rules of POSTROUTING that lead to it, as listed
 * @param rules the rules in it, as listed
 * @param ahead the first rule of POSTROUTING, where it is somebody else's and a jump comes behind it
 */
record NatTable(boolean hasChain, List<String> jumps, List<String> rules, Optional<String> ahead) {
    private static final String OUR_RULES = "-A " + SnatRule.CHAIN + " ";
    private static final String POSTROUTING_RULES = "-A POSTROUTING ";

    NatTable {
        jumps = List.copyOf(jumps);
        rules = List.copyOf(rules);
    }

    /** Reads the output of {@code iptables -t nat -S}; what is not about our chain is passed over, whatever it is. */
    static NatTable parse(String listing) {
        List<String> lines = listing.lines().map(String::strip).toList();
        List<String> hook = lines.stream()
                .filter(line -> line.startsWith(POSTROUTING_RULES))
                .toList();
        List<String> jumps = hook.stream().filter(NatTable::leadsToUs).toList();
        List<String> rules =
                lines.stream().filter(line -> line.startsWith(OUR_RULES)).toList();
        Optional<String> ahead =
                jumps.isEmpty() ? Optional.empty() : hook.stream().findFirst();
        return new NatTable(
                lines.contains("-N " + SnatRule.CHAIN), jumps, rules, ahead.filter(rule -> !leadsToUs(rule)));
    }

    private static boolean leadsToUs(String rule) {
        return Stream.of(" -j ", " -g ").anyMatch(how -> (rule + " ").contains(how + SnatRule.CHAIN + " "));
    }

    boolean isEmpty() {
        return !hasChain && jumps.isEmpty() && rules.isEmpty();
    }

    boolean isExactly(SnatRule wanted) {
        return hasChain
                && jumps.equals(List.of(SnatRule.JUMP))
                && ahead.isEmpty()
                && rules.equals(List.of(wanted.text()));
    }

    /** What is not as wanted, for people. */
    String differenceFrom(SnatRule wanted) {
        if (!hasChain) {
            return "the chain " + SnatRule.CHAIN + " was missing";
        }
        if (!rules.equals(List.of(wanted.text()))) {
            return SnatRule.CHAIN + " held " + rules;
        }
        return jumps.equals(List.of(SnatRule.JUMP)) && ahead.isPresent()
                ? "POSTROUTING had " + ahead.get() + " before the jump to " + SnatRule.CHAIN
                : "POSTROUTING led to " + SnatRule.CHAIN + " by " + jumps + ", not once as it should";
    }

    /** The address that was given last; empty when there is no rule that gives one. */
    Optional<Ipv4Address> source() {
        return rules.stream()
                .filter(rule -> rule.contains(SnatRule.TO_SOURCE))
                .map(rule -> rule.substring(rule.indexOf(SnatRule.TO_SOURCE) + SnatRule.TO_SOURCE.length()))
                .findFirst()
                .flatMap(NatTable::address);
    }

    private static Optional<Ipv4Address> address(String text) {
        try {
            return Optional.of(Ipv4Address.parse(text));
        } catch (InvalidValueException notOurs) {
            return Optional.empty();
        }
    }

    /**
     * Input for {@code iptables-restore --noflush} that makes it exactly the rule. Our jump goes first, because a
     * MASQUERADE that somebody has in POSTROUTING would end the matter before it.
     */
    String towards(SnatRule wanted) {
        return transaction(Stream.of(
                        Stream.of(":" + SnatRule.CHAIN + " - [0:0]"),
                        jumps.stream().map(NatTable::deletion),
                        Stream.of(wanted.text(), SnatRule.JUMP.replace("-A POSTROUTING", "-I POSTROUTING 1")))
                .flatMap(lines -> lines));
    }

    /** Input for {@code iptables-restore --noflush} that leaves nothing of ours. */
    String towardsNothing() {
        return transaction(Stream.concat(
                jumps.stream().map(NatTable::deletion),
                hasChain ? Stream.of("-F " + SnatRule.CHAIN, "-X " + SnatRule.CHAIN) : Stream.empty()));
    }

    private static String deletion(String rule) {
        return "-D" + rule.substring("-A".length());
    }

    private static String transaction(Stream<String> lines) {
        return Stream.of(Stream.of("*nat"), lines, Stream.of("COMMIT", ""))
                .flatMap(part -> part)
                .reduce((one, other) -> one + "\n" + other)
                .orElseThrow();
    }
}

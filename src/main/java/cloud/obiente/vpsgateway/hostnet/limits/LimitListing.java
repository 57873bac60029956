package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our table as {@code nft list table} prints it: what is known, what was dropped, and all the rest as text without what
 * packets change. The parser is total: what it does not understand is part of the text, and so differs from what was
 * expected.
 *
 * @param rules chains, rules and declarations
 * @param known elements of the set of known MAC addresses
 * @param dropped packets by kind and MAC address, since the table was made
 * @param unknown packets by kind of all other MAC addresses
 */
record LimitListing(
        String rules,
        Set<MacAddress> known,
        Map<LimitKind, Map<MacAddress, Long>> dropped,
        Map<LimitKind, Long> unknown) {
    private static final Pattern HEADING = Pattern.compile("\\s+(?:set|counter) (\\S+) \\{");
    private static final Pattern ELEMENTS = Pattern.compile("\\s+elements = \\{(.*)");
    private static final Pattern COUNTED = Pattern.compile("(\\S+) (?:.* )?counter packets ([0-9]{1,18}) .*");
    private static final Pattern TOTAL = Pattern.compile("\\s+packets ([0-9]{1,18}) bytes [0-9]+");

    static LimitListing parse(String text) {
        StringBuilder rules = new StringBuilder();
        Set<MacAddress> known = new HashSet<>();
        Map<LimitKind, Map<MacAddress, Long>> dropped = new EnumMap<>(LimitKind.class);
        Map<LimitKind, Long> unknown = new EnumMap<>(LimitKind.class);
        String name = "";
        StringBuilder elements = null;
        for (String line : text.lines().toList()) {
            Matcher opening = ELEMENTS.matcher(line);
            Matcher heading = HEADING.matcher(line);
            Matcher total = TOTAL.matcher(line);
            if (elements != null) {
                elements.append(' ').append(line.strip());
            } else if (opening.matches()) {
                elements = new StringBuilder(opening.group(1));
            } else if (total.matches()) {
                long packets = Long.parseLong(total.group(1));
                kindOf(name, LimitRules.UNKNOWN).ifPresent(kind -> unknown.put(kind, packets));
            } else {
                name = heading.matches() ? heading.group(1) : name;
                rules.append(line).append('\n');
            }
            if (elements != null && line.endsWith("}")) {
                elements.setLength(elements.length() - 1);
                read(name, elements.toString(), known, dropped);
                elements = null;
            }
        }
        return new LimitListing(rules.toString(), known, dropped, unknown);
    }

    /** This, and what another table counted of unknown MAC addresses. */
    LimitListing with(Optional<LimitListing> other) {
        Map<LimitKind, Long> sum = new EnumMap<>(LimitKind.class);
        sum.putAll(unknown);
        other.ifPresent(more -> more.unknown.forEach((kind, packets) -> sum.merge(kind, packets, Long::sum)));
        return new LimitListing(rules, known, dropped, sum);
    }

    private static void read(
            String set, String elements, Set<MacAddress> known, Map<LimitKind, Map<MacAddress, Long>> dropped) {
        Optional<LimitKind> kind = kindOf(set, LimitRules.DROPPED);
        for (String element : elements.split(",")) {
            if (set.equals(LimitRules.KNOWN)) {
                mac(element.strip()).ifPresent(known::add);
            } else if (kind.isPresent()) {
                Matcher counted = COUNTED.matcher(element.strip());
                if (counted.matches()) {
                    mac(counted.group(1)).ifPresent(mac -> dropped.computeIfAbsent(kind.get(), first -> new HashMap<>())
                            .put(mac, Long.parseLong(counted.group(2))));
                }
            }
        }
    }

    private static Optional<LimitKind> kindOf(String name, String prefix) {
        for (LimitKind kind : LimitKind.values()) {
            if (name.equals(prefix + kind.label())) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** Empty for what no NIC has: multicast, or all zeros. */
    private static Optional<MacAddress> mac(String text) {
        try {
            return Optional.of(MacAddress.parse(text));
        } catch (InvalidValueException noNic) {
            return Optional.empty();
        }
    }
}

package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table as {@code nft list table} prints it, in two parts: the elements of its sets, and all the rest as text. The parser
 * is total: what it does not understand stays text, and so is different from what was expected.
 */
final class NftListing {
    private static final Pattern SET = Pattern.compile("\\s+(?:set|map) (\\S+) \\{");
    private static final Pattern ELEMENTS = Pattern.compile("\\s+elements = \\{(.*)");
    private static final Pattern RECORD =
            Pattern.compile("(\\S+)(?: \\. (\\S+))?(?: .*)? counter packets ([0-9]{1,18}) bytes .*");

    private final String structure;
    private final Map<String, Set<String>> elements;

    /** Whose frame claimed an address, and how often of late. */
    record Offender(MacAddress mac, long packets) {}

    private NftListing(String structure, Map<String, Set<String>> elements) {
        this.structure = structure;
        this.elements = elements;
    }

    static NftListing parse(String text) {
        StringBuilder structure = new StringBuilder();
        Map<String, Set<String>> elements = new HashMap<>();
        StringBuilder open = null;
        String set = "";
        for (String line : text.lines().toList()) {
            Matcher opening = ELEMENTS.matcher(line);
            Matcher heading = SET.matcher(line);
            if (open != null) {
                open.append(' ').append(line.strip());
            } else if (opening.matches()) {
                open = new StringBuilder(opening.group(1));
            } else {
                set = heading.matches() ? heading.group(1) : set;
                structure.append(line).append('\n');
            }
            if (open != null && line.endsWith("}")) {
                elements.computeIfAbsent(set, name -> new HashSet<>()).addAll(split(open));
                open = null;
            }
        }
        return new NftListing(structure.toString(), elements);
    }

    private static List<String> split(StringBuilder body) {
        body.setLength(body.length() - 1);
        List<String> found = new ArrayList<>();
        for (String element : body.toString().split(",")) {
            found.add(element.strip());
        }
        return found;
    }

    /** Everything but elements: chains, rules, declarations of sets. */
    String structure() {
        return structure;
    }

    Set<String> elements(String set) {
        return elements.getOrDefault(set, Set.of());
    }

    /** How many packets that claimed an address were dropped, since the table was made. */
    Map<Ipv4Address, Long> drops() {
        Map<Ipv4Address, Long> drops = new HashMap<>();
        for (String element : elements("drops")) {
            record(element).ifPresent(read -> drops.put(Ipv4Address.parse(read.group(1)), packets(read)));
        }
        return drops;
    }

    /** Whose frames they were, of the last two minutes. */
    Map<Ipv4Address, List<Offender>> offenders() {
        Map<Ipv4Address, List<Offender>> offenders = new HashMap<>();
        for (String element : elements("offenders")) {
            record(element)
                    .flatMap(read -> mac(read.group(2)).map(mac -> new Offender(mac, packets(read))))
                    .ifPresent(offender -> offenders
                            .computeIfAbsent(
                                    Ipv4Address.parse(element.substring(0, element.indexOf(' '))),
                                    address -> new ArrayList<>())
                            .add(offender));
        }
        return offenders;
    }

    private static Optional<Matcher> record(String element) {
        Matcher read = RECORD.matcher(element);
        return read.matches() && isAddress(read.group(1)) ? Optional.of(read) : Optional.empty();
    }

    private static long packets(Matcher read) {
        return Long.parseLong(read.group(3));
    }

    private static boolean isAddress(String text) {
        try {
            return Ipv4Address.parse(text) != null;
        } catch (InvalidValueException foreign) {
            return false;
        }
    }

    /** Empty for a source that no NIC has: multicast, or all zeros. */
    private static Optional<MacAddress> mac(String text) {
        try {
            return Optional.ofNullable(text).map(MacAddress::parse);
        } catch (InvalidValueException noMac) {
            return Optional.empty();
        }
    }
}

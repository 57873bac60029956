package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of the kernel's neighbour table.
 *
 * @param mac as far as it was ever learnt
 */
record NeighbourEntry(State state, Optional<MacAddress> mac) {
    /** As {@code ip -4 neigh show dev …} of iproute2 prints it; the interface is not repeated. */
    private static final Pattern LINE = Pattern.compile("([0-9.]+) (?:.* )?([A-Z]+)(?: proto \\S+)? *");

    private static final Pattern MAC = Pattern.compile("lladdr (\\S+)");

    /** What the entry's state (ip-neighbour(8)) says about now. */
    enum State {
        /** Confirmed within the kernel's reachable time, 15 to 45 s by default. */
        CONFIRMED,
        /** Asked, or about to be asked. */
        PENDING,
        /** Asked, without an answer. */
        FAILED,
        /** Learnt long ago: no answer now, and the next packet makes the kernel ask. */
        OLD,
        /** Made by hand or by us: the kernel never asks. */
        FIXED
    }

    /** All entries that can be read; lines that make no sense are left out. */
    static Map<Ipv4Address, NeighbourEntry> parse(String output) {
        Map<Ipv4Address, NeighbourEntry> table = new HashMap<>();
        output.lines().map(LINE::matcher).filter(Matcher::matches).forEach(line -> {
            try {
                Matcher mac = MAC.matcher(line.group());
                table.put(
                        Ipv4Address.parse(line.group(1)),
                        new NeighbourEntry(
                                state(line.group(2)),
                                mac.find() ? Optional.of(MacAddress.parse(mac.group(1))) : Optional.empty()));
            } catch (InvalidValueException notAnEthernetNeighbour) {
                // A multicast address in a forged answer, for one; such an entry is nobody's answer.
                return;
            }
        });
        return table;
    }

    private static State state(String word) {
        return switch (word) {
            case "REACHABLE" -> State.CONFIRMED;
            case "INCOMPLETE", "DELAY", "PROBE" -> State.PENDING;
            case "FAILED" -> State.FAILED;
            case "STALE" -> State.OLD;
            default -> State.FIXED;
        };
    }
}

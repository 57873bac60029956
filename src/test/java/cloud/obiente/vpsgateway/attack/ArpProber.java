package cloud.obiente.vpsgateway.attack;

import cloud.obiente.vpsgateway.lab.Command;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts the ARP messages that reach the gateway host's neighbour table and say that an address of the cast were at
 * another NIC than its own. It stands behind every other filter and reads the message by its octets, so that it does not
 * share a misunderstanding with them.
 */
final class ArpProber {
    private static final String TABLE = "arp attack_probe";
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private ArpProber() {}

    static void install() {
        nft("add", "table", TABLE);
        nft("delete", "table", TABLE);
        nft("add", "table", TABLE);
        nft("add", "counter", TABLE, "taken");
        nft("add", "chain", TABLE, "input", "{ type filter hook input priority 2147483647; }");
        Stream.of(Cast.OWNER, Cast.NEIGHBOUR, Cast.SLEEPER)
                .forEach(role -> Set.of(role.privateAddress(), role.publicAddress())
                        .forEach(address -> nft(
                                "add",
                                "rule",
                                TABLE,
                                "input",
                                "@nh,112,32 0x%08x".formatted(address.bits()),
                                "@nh,64,48 != 0x%012x".formatted(role.mac().bits()),
                                "counter name taken")));
    }

    /** How many there were since it was asked last. */
    static int taken() {
        Matcher packets = PACKETS.matcher(nft("reset", "counter", TABLE, "taken"));
        if (!packets.find()) {
            throw new AssertionError("no counter in the probe");
        }
        return Integer.parseInt(packets.group(1));
    }

    private static String nft(String... words) {
        return Command.run(List.of("nft", Stream.of(words).collect(Collectors.joining(" "))));
    }
}

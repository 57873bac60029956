package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.guard.NftChain.Rule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of our tables. They are the same whatever is guarded; only sets change.
 *
 * <p>Every check has one form: who claims a guarded identity is sent to a chain that returns for the owner and drops all
 * others. The test of the owner is the positive one, so that a packet of which it cannot be told (no Ethernet header) is
 * dropped. Nothing here accepts, and no {@code return} stands before a check, so no rule can let pass what another drops.
 *
 * <p>The hooks come before connection tracking and defragmentation (priority −450; they have −200 and −400): a fragment is
 * judged by its own header, whatever else was sent before it.
 *
 * <p>In the bridge family "meta protocol" is written out: it tells what is inside the first VLAN tag, while the test
 * that nft adds by itself for ARP looks at the outer type and would let tagged ARP pass.
 */
final class NftRuleset {
    private static final String FIRST = " priority -450; policy accept;";
    private static final String IP = "meta protocol ip ";
    private static final String ARP = "meta protocol arp ";

    private static final List<Rule> EVERY_FRAME = List.of(
            new Rule(IP + "ip saddr @guarded", "jump sender"),
            new Rule(ARP + "arp saddr ip @guarded", "jump arp_sender"),
            new Rule(ARP + "arp saddr ip 0.0.0.0 arp daddr ip @guarded", "jump arp_probe"),
            new Rule(IP + "udp dport 67 @th,288,48 @cards", "jump dhcp_client"),
            new Rule("iifname @ports", "jump from_port"));

    /** Of what a VPS sends to this host itself, the other two tables judge all but this. */
    private static final List<Rule> DHCP_TO_THIS_HOST = List.of(
            new Rule(IP + "udp dport 67 @th,288,48 @cards", "jump dhcp_client"),
            new Rule(IP + "meta l4proto udp iifname @ports", "jump dhcp_from_port"));

    /** What no VPS has a reason to send, because other rules could not read it or because only the gateway does so. */
    private static final NftChain FROM_PORT = called(
            "from_port",
            // The gateway itself: its frames do not come in by a port.
            new Rule(IP + "ip saddr @own", "drop"),
            new Rule(ARP + "arp saddr ip @own", "drop"),
            // More than one VLAN tag: the kernel takes off only the first before it asks us.
            new Rule("meta protocol { 8021q, 8021ad }", "drop"),
            // IP and ARP in LLC/SNAP (RFC 1042), which some systems read as if it were plain.
            new Rule("meta protocol 0x0004 @nh,0,48 0xaaaa03000000", "drop"),
            new Rule(IP + "meta l4proto udp", "jump dhcp_from_port"));

    private static final NftChain DHCP_FROM_PORT = called(
            "dhcp_from_port",
            // The NIC's address could stand in the second fragment.
            new Rule(IP + "ip frag-off & 0x3fff != 0 udp dport { 67, 68 }", "drop"),
            // DHCP servers; our own answers do not come in by a port.
            new Rule(IP + "udp sport 67", "drop"),
            new Rule(IP + "udp dport 68", "drop"));

    private NftRuleset() {}

    static List<NftChain> chains(NftTable table) {
        return switch (table) {
            case INET ->
                List.of(
                        base("prerouting", List.of(new Rule("ip saddr @guarded", "jump sender"))),
                        identity("sender", "ip saddr . ether saddr @owners", "ip saddr"));
            case ARP ->
                List.of(
                        base("input", List.of(new Rule("arp saddr ip @guarded", "jump arp_sender"))),
                        identity(
                                "arp_sender",
                                "arp saddr ip . arp saddr ether @owners arp saddr ip . ether saddr @owners",
                                "arp saddr ip"));
            case BRIDGE -> onBridge(base("prerouting", EVERY_FRAME));
            case BRIDGE_SPARE -> onBridge(base("forward", EVERY_FRAME), base("input", DHCP_TO_THIS_HOST));
        };
    }

    private static List<NftChain> onBridge(NftChain... hooks) {
        return Stream.concat(
                        Stream.of(hooks),
                        Stream.of(
                                identity("sender", IP + "ip saddr . ether saddr @owners", "ip saddr"),
                                identity(
                                        "arp_sender",
                                        ARP
                                                + "arp saddr ip . arp saddr ether @owners arp saddr ip . ether saddr @owners",
                                        "arp saddr ip"),
                                // A probe (RFC 5227) names no sender, but keeps the owner from taking its address.
                                identity("arp_probe", ARP + "arp daddr ip . ether saddr @owners", "arp daddr ip"),
                                called(
                                        "dhcp_client",
                                        new Rule("ether saddr . @th,288,48 @own_cards", "return"),
                                        new Rule("", "drop")),
                                FROM_PORT,
                                DHCP_FROM_PORT))
                .toList();
    }

    private static NftChain base(String hook, List<Rule> rules) {
        return new NftChain(hook, Optional.of("type filter hook " + hook + FIRST), rules);
    }

    private static NftChain called(String name, Rule... rules) {
        return new NftChain(name, Optional.empty(), List.of(rules));
    }

    private static NftChain identity(String name, String isOwner, String claimed) {
        return called(
                name,
                new Rule(isOwner, "return"),
                new Rule("", "add @drops { " + claimed + " counter }"),
                new Rule("", "update @offenders { " + claimed + " . ether saddr counter }"),
                new Rule("", "drop"));
    }

    /**
     * The whole table without elements, as {@code nft -f} reads it. The sets have no size: for one that has, the kernel
     * makes all buckets at once (18 MB and 37 ms for a million elements), for others as they come.
     */
    static String declaration(NftTable table) {
        String sets = KernelSet.of(table).stream()
                .map(set -> String.format(Locale.ROOT, "set %s { %s; }\n", set.text(), set.type()))
                .collect(Collectors.joining());
        String chains = chains(table).stream().map(NftRuleset::text).collect(Collectors.joining());
        return "table " + table.text() + " {\n" + sets + RECORDS + chains + "}\n";
    }

    /** Filled by the kernel: how much was dropped for each address, and whose frames it was; the latter bounded. */
    private static final String RECORDS = """
            set drops { type ipv4_addr; size 1048576; flags dynamic; }
            set offenders { type ipv4_addr . ether_addr; size 4096; flags dynamic,timeout; timeout 2m; }
            """;

    private static String text(NftChain chain) {
        return "chain " + chain.name() + " {\n"
                + chain.hook().map(hook -> hook + "\n").orElse("")
                + chain.rules().stream().map(rule -> rule.text() + "\n").collect(Collectors.joining())
                + "}\n";
    }
}

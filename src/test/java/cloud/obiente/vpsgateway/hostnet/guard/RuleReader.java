package cloud.obiente.vpsgateway.hostnet.guard;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.guard.NftChain.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Does to a packet what the kernel does by our rules; a packet is what is true of it. */
final class RuleReader {

    /** What a rule may ask of a packet. */
    enum Fact {
        IP,
        ARP,
        ETHERNET,
        SENDER_GUARDED,
        SENDER_OWNED,
        ARP_SENDER_GUARDED,
        ARP_NIC_OWNS_SENDER,
        FRAME_OWNS_ARP_SENDER,
        ARP_PROBES_GUARDED,
        FRAME_OWNS_ARP_TARGET,
        DHCP_TO_SERVER,
        CHADDR_KNOWN,
        CHADDR_IS_FRAME,
        FROM_PORT,
        SENDER_IS_HOST,
        STACKED_TAGS,
        LLC_SNAP,
        DHCP_FRAGMENT,
        DHCP_FROM_SERVER,
        DHCP_TO_CLIENT
    }

    /** Whether it was dropped, and what was noted down about it. */
    record Fate(boolean dropped, List<String> records) {}

    /** What nft makes of each condition, with the tests that it adds by itself (nft --debug=netlink). */
    private static final Map<String, Set<Fact>> MEANINGS = Map.ofEntries(
            entry("", EnumSet.noneOf(Fact.class)),
            entry("ip saddr @guarded", EnumSet.of(Fact.IP, Fact.SENDER_GUARDED)),
            entry("ip saddr . ether saddr @owners", EnumSet.of(Fact.IP, Fact.ETHERNET, Fact.SENDER_OWNED)),
            entry("arp saddr ip @guarded", EnumSet.of(Fact.ARP, Fact.ARP_SENDER_GUARDED)),
            entry(
                    "arp saddr ip . arp saddr ether @owners arp saddr ip . ether saddr @owners",
                    EnumSet.of(Fact.ARP, Fact.ETHERNET, Fact.ARP_NIC_OWNS_SENDER, Fact.FRAME_OWNS_ARP_SENDER)),
            entry("arp saddr ip 0.0.0.0 arp daddr ip @guarded", EnumSet.of(Fact.ARP, Fact.ARP_PROBES_GUARDED)),
            entry("arp daddr ip . ether saddr @owners", EnumSet.of(Fact.ARP, Fact.FRAME_OWNS_ARP_TARGET)),
            entry("udp dport 67 @th,288,48 @cards", EnumSet.of(Fact.IP, Fact.DHCP_TO_SERVER, Fact.CHADDR_KNOWN)),
            entry("ether saddr . @th,288,48 @own_cards", EnumSet.of(Fact.CHADDR_IS_FRAME)),
            entry("iifname @ports", EnumSet.of(Fact.FROM_PORT)),
            // What is true of UDP only is asked again behind it, so that other IP fares as UDP without all that.
            entry("meta l4proto udp", EnumSet.of(Fact.IP)),
            entry("meta l4proto udp iifname @ports", EnumSet.of(Fact.IP, Fact.FROM_PORT)),
            entry("ip saddr @own", EnumSet.of(Fact.IP, Fact.SENDER_IS_HOST)),
            entry("arp saddr ip @own", EnumSet.of(Fact.ARP, Fact.SENDER_IS_HOST)),
            entry("meta protocol { 8021q, 8021ad }", EnumSet.of(Fact.STACKED_TAGS)),
            entry("meta protocol 0x0004 @nh,0,48 0xaaaa03000000", EnumSet.of(Fact.LLC_SNAP)),
            entry("ip frag-off & 0x3fff != 0 udp dport { 67, 68 }", EnumSet.of(Fact.IP, Fact.DHCP_FRAGMENT)),
            entry("udp sport 67", EnumSet.of(Fact.IP, Fact.DHCP_FROM_SERVER)),
            entry("udp dport 68", EnumSet.of(Fact.IP, Fact.DHCP_TO_CLIENT)));

    private static final String JUMP = "jump ";

    private final Map<String, NftChain> chains;
    private final NftChain base;

    private enum End {
        DROPPED,
        ACCEPTED,
        RETURNED
    }

    /** @param hook the chain that the kernel calls */
    RuleReader(List<NftChain> chains, String hook) {
        this.chains = chains.stream().collect(Collectors.toMap(NftChain::name, chain -> chain));
        this.base = this.chains.get(hook);
        assertThat(base.hook()).as("the hook of %s", hook).isPresent();
    }

    /** The hook's chain and all that it leads to. */
    Set<NftChain> reached() {
        Set<NftChain> reached = new LinkedHashSet<>();
        reach(base, reached);
        return reached;
    }

    private void reach(NftChain chain, Set<NftChain> reached) {
        if (reached.add(chain)) {
            chain.rules().stream()
                    .filter(rule -> rule.then().startsWith(JUMP))
                    .forEach(rule -> reach(chains.get(rule.then().substring(JUMP.length())), reached));
        }
    }

    Fate fateOf(Set<Fact> packet) {
        List<String> records = new ArrayList<>();
        return new Fate(follow(base, packet, records) == End.DROPPED, records);
    }

    private End follow(NftChain chain, Set<Fact> packet, List<String> records) {
        for (Rule rule : chain.rules()) {
            if (packet.containsAll(meaning(rule.when()))) {
                End end = apply(rule.then(), packet, records);
                if (end != null) {
                    return end;
                }
            }
        }
        return End.RETURNED;
    }

    /** Null: the next rule is asked. */
    private End apply(String then, Set<Fact> packet, List<String> records) {
        if (then.startsWith("add @") || then.startsWith("update @")) {
            records.add(then);
            return null;
        }
        if (then.startsWith(JUMP)) {
            End end = follow(chains.get(then.substring(JUMP.length())), packet, records);
            return end == End.RETURNED ? null : end;
        }
        return switch (then) {
            case "drop" -> End.DROPPED;
            case "accept" -> End.ACCEPTED;
            case "return" -> End.RETURNED;
            default -> throw new AssertionError("unknown verdict: " + then);
        };
    }

    private static Set<Fact> meaning(String when) {
        String bare = when.replaceFirst("^meta protocol (?:ip|arp) ", "");
        Set<Fact> facts = MEANINGS.get(bare);
        if (facts == null) {
            throw new AssertionError("unknown condition: " + when);
        }
        return facts;
    }
}

package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.guard.NftChain.Rule;
import cloud.obiente.vpsgateway.hostnet.guard.RuleReader.Fact;
import cloud.obiente.vpsgateway.hostnet.guard.RuleReader.Fate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rules do to every packet there can be, and that no other order of them does the same. */
class NftRulesetTest {
    /** Made once: there are over a hundred thousand, and every mutation of the rules needs them all. */
    private static final Map<Way, List<Set<Fact>>> PACKETS = new EnumMap<>(Way.class);

    /** Which facts can be told apart in a table, and who is a forger there. */
    @SuppressWarnings("ImmutableEnumChecker") // Functions without state, and lists that nobody can change.
    private enum Way {
        INET(
                NftTable.INET,
                "prerouting",
                EnumSet.of(Fact.IP, Fact.ETHERNET, Fact.SENDER_GUARDED, Fact.SENDER_OWNED),
                NftRulesetTest::forgesSender),
        ARP(
                NftTable.ARP,
                "input",
                EnumSet.of(
                        Fact.ARP,
                        Fact.ETHERNET,
                        Fact.ARP_SENDER_GUARDED,
                        Fact.ARP_NIC_OWNS_SENDER,
                        Fact.FRAME_OWNS_ARP_SENDER),
                NftRulesetTest::forgesArp),
        BRIDGE(NftTable.BRIDGE, "prerouting", EnumSet.allOf(Fact.class), NftRulesetTest::isNotLetOntoTheBridge),
        BRIDGE_INPUT(
                NftTable.BRIDGE_SPARE,
                "input",
                EnumSet.allOf(Fact.class),
                packet -> forgesDhcp(packet) || packet.contains(Fact.FROM_PORT) && servesDhcp(packet));

        private final NftTable table;
        private final String hook;
        private final List<Fact> facts;
        private final Predicate<Set<Fact>> forged;

        Way(NftTable table, String hook, Set<Fact> facts, Predicate<Set<Fact>> forged) {
            this.table = table;
            this.hook = hook;
            this.facts = List.copyOf(facts);
            this.forged = forged;
        }

        List<Set<Fact>> packets() {
            return PACKETS.computeIfAbsent(
                    this, way -> way.everyPacket().filter(way::isPossible).toList());
        }

        private Stream<Set<Fact>> everyPacket() {
            return IntStream.range(0, 1 << facts.size()).mapToObj(bits -> {
                Set<Fact> packet = EnumSet.noneOf(Fact.class);
                IntStream.range(0, facts.size())
                        .filter(i -> (bits >> i & 1) == 1)
                        .forEach(i -> packet.add(facts.get(i)));
                return packet;
            });
        }

        private boolean isPossible(Set<Fact> packet) {
            boolean oneProtocol = Stream.of(Fact.IP, Fact.ARP, Fact.STACKED_TAGS, Fact.LLC_SNAP)
                            .filter(packet::contains)
                            .count()
                    <= 1;
            return oneProtocol
                    && (table != NftTable.INET || packet.contains(Fact.IP))
                    && (table != NftTable.ARP || packet.contains(Fact.ARP))
                    && (table == NftTable.INET || table == NftTable.ARP || packet.contains(Fact.ETHERNET));
        }

        private RuleReader rules() {
            return new RuleReader(NftRuleset.chains(table), hook);
        }
    }

    private static boolean forgesSender(Set<Fact> packet) {
        return packet.containsAll(EnumSet.of(Fact.IP, Fact.SENDER_GUARDED))
                && !packet.containsAll(EnumSet.of(Fact.ETHERNET, Fact.SENDER_OWNED));
    }

    private static boolean forgesArp(Set<Fact> packet) {
        return packet.containsAll(EnumSet.of(Fact.ARP, Fact.ARP_SENDER_GUARDED))
                && !packet.containsAll(EnumSet.of(Fact.ETHERNET, Fact.ARP_NIC_OWNS_SENDER, Fact.FRAME_OWNS_ARP_SENDER));
    }

    private static boolean forgesProbe(Set<Fact> packet) {
        return packet.containsAll(EnumSet.of(Fact.ARP, Fact.ARP_PROBES_GUARDED))
                && !packet.contains(Fact.FRAME_OWNS_ARP_TARGET);
    }

    private static boolean forgesDhcp(Set<Fact> packet) {
        return packet.containsAll(EnumSet.of(Fact.IP, Fact.DHCP_TO_SERVER, Fact.CHADDR_KNOWN))
                && !packet.contains(Fact.CHADDR_IS_FRAME);
    }

    private static boolean isNoneOfItsBusiness(Set<Fact> packet) {
        return packet.contains(Fact.FROM_PORT)
                && (packet.contains(Fact.STACKED_TAGS)
                        || packet.contains(Fact.LLC_SNAP)
                        || packet.contains(Fact.SENDER_IS_HOST)
                                && (packet.contains(Fact.IP) || packet.contains(Fact.ARP))
                        || servesDhcp(packet));
    }

    private static boolean servesDhcp(Set<Fact> packet) {
        return packet.contains(Fact.IP)
                && (packet.contains(Fact.DHCP_FRAGMENT)
                        || packet.contains(Fact.DHCP_FROM_SERVER)
                        || packet.contains(Fact.DHCP_TO_CLIENT));
    }

    private static boolean isNotLetOntoTheBridge(Set<Fact> packet) {
        return forgesSender(packet)
                || forgesArp(packet)
                || forgesProbe(packet)
                || forgesDhcp(packet)
                || isNoneOfItsBusiness(packet);
    }

    @Test
    void bothTablesOfTheBridgeCheckTheSame() {
        RuleReader spare = new RuleReader(NftRuleset.chains(NftTable.BRIDGE_SPARE), "forward");

        assertThat(rulesOf(spare)).isEqualTo(rulesOf(Way.BRIDGE.rules()));
        assertThat(KernelSet.of(NftTable.BRIDGE_SPARE)).isEqualTo(KernelSet.of(NftTable.BRIDGE));
    }

    private static List<List<Rule>> rulesOf(RuleReader reader) {
        return reader.reached().stream().map(NftChain::rules).toList();
    }

    @ParameterizedTest
    @EnumSource
    void exactlyForgedPacketsAreDropped(Way way) {
        RuleReader rules = way.rules();

        assertThat(way.packets().stream().filter(packet -> rules.fateOf(packet).dropped() != way.forged.test(packet)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void nothingAcceptsAndOnlyOwnersReturn(Way way) {
        List<Rule> rules = NftRuleset.chains(way.table).stream()
                .flatMap(chain -> chain.rules().stream())
                .toList();

        assertThat(rules).extracting(Rule::then).noneMatch(then -> then.contains("accept"));
        assertThat(rules)
                .filteredOn(rule -> rule.then().equals("return"))
                .extracting(Rule::when)
                .allMatch(when -> when.endsWith("@owners") || when.endsWith("@own_cards"));
    }

    @ParameterizedTest
    @EnumSource
    void noRuleCanBeLeftOut(Way way) {
        assertAllNoticed(way, mutants(way, (rules, i) -> rules.remove(i)));
    }

    @ParameterizedTest
    @EnumSource
    void nothingMayAcceptOrReturnBeforeADrop(Way way) {
        for (String verdict : List.of("accept", "return")) {
            assertAllNoticed(way, mutants(way, (rules, i) -> rules.add(i, new Rule("", verdict))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noCheckMayAcceptInsteadOfDropping(Way way) {
        assertAllNoticed(way, mutants(way, (rules, i) -> {
            Rule rule = rules.get(i);
            rules.set(i, rule.then().equals("return") ? new Rule("", "return") : new Rule(rule.when(), "accept"));
        }));
    }

    @ParameterizedTest
    @EnumSource
    void noOtherOrderWithinACheckDoesTheSame(Way way) {
        for (int at : List.of(0, 2)) {
            for (NftChain chain : way.rules().reached()) {
                if (chain.rules().size() == 4) {
                    List<Rule> rules = new ArrayList<>(chain.rules());
                    rules.add(at, rules.remove(at + 1));
                    assertNoticed(way, with(way, chain, rules));
                }
            }
        }
    }

    @Test
    void packetsWithoutAnEthernetHeaderHaveNoOwner() {
        RuleReader rules = Way.INET.rules();

        assertThat(rules.fateOf(EnumSet.of(Fact.IP, Fact.SENDER_GUARDED, Fact.SENDER_OWNED))
                        .dropped())
                .isTrue();
    }

    private interface Mutation {
        void apply(List<Rule> rules, int at);
    }

    /** The mutation at each rule of each chain. */
    private static List<List<NftChain>> mutants(Way way, Mutation mutation) {
        List<List<NftChain>> mutants = new ArrayList<>();
        for (NftChain chain : way.rules().reached()) {
            for (int i = 0; i < chain.rules().size(); i++) {
                List<Rule> rules = new ArrayList<>(chain.rules());
                mutation.apply(rules, i);
                mutants.add(with(way, chain, rules));
            }
        }
        return mutants;
    }

    private static List<NftChain> with(Way way, NftChain changed, List<Rule> rules) {
        return NftRuleset.chains(way.table).stream()
                .map(chain -> chain.equals(changed) ? new NftChain(chain.name(), chain.hook(), rules) : chain)
                .toList();
    }

    private static void assertAllNoticed(Way way, List<List<NftChain>> mutants) {
        assertThat(mutants).isNotEmpty().allSatisfy(mutant -> assertNoticed(way, mutant));
    }

    private static void assertNoticed(Way way, List<NftChain> mutant) {
        RuleReader right = way.rules();
        RuleReader wrong = new RuleReader(mutant, way.hook);
        assertThat(way.packets().stream().anyMatch(packet -> {
                    Fate fate = wrong.fateOf(packet);
                    return !fate.equals(right.fateOf(packet));
                }))
                .as("some packet fares otherwise under %s", mutant)
                .isTrue();
    }
}

package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.obiente.vpsgateway.hostnet.ChildTools;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The guard of a node: two VPSs on one bridge, whose frames never reach the host's own stack. */
class GuardBridgeIT {
    private static final MacAddress OWNER = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress MALLORY = MacAddress.parse("02:00:00:00:00:02");
    private static final MacAddress EVERYBODY_ELSE = MacAddress.parse("02:00:00:00:00:33");
    private static final Ipv4Address GUARDED = Ipv4Address.parse("203.0.113.10");
    private static final Ipv4Address OWN = Ipv4Address.parse("203.0.113.20");
    private static final Ipv4Address NONE = Ipv4Address.parse("0.0.0.0");
    private static final Ipv4Address ALL = Ipv4Address.parse("255.255.255.255");
    /** Of a type for experiments, to a NIC of its own. */
    private static final String FENCE =
            RuleFrame.of(MacAddress.parse("02:00:00:00:00:34"), MALLORY, RuleFrame.typed(0x88b5, new byte[46]));

    private static final InterfaceName BRIDGE = new InterfaceName("guard0");
    private static final Pattern PACKETS = Pattern.compile("packets ([0-9]+)");

    private final List<Allocation> decided = new CopyOnWriteArrayList<>();
    private final Noted noted = new Noted();
    private AddressGuard guard;

    @BeforeEach
    void network() throws Exception {
        assumeTrue("self".equals(System.getenv("LAB_GATEWAY_NS")), "needs the sandbox of integration tests");
        Command.attempt(List.of("nft", "flush", "ruleset"));
        run("ip link add guard0 type bridge mcast_snooping 0");
        run("ip link set guard0 up");
        attach("mallory");
        attach("victim");
        run("ip netns exec victim nft add table netdev seen");
        run("ip netns exec victim nft add chain netdev seen frames"
                + " { type filter hook ingress device eth0 priority 0; }");
        count("frame", "0x020000000033");
        count("fence", "0x020000000034");
        decided.add(Held.publicly("vps-1", GUARDED.toString(), OWNER));
        guard = new AddressGuard(
                new GuardSettings(GuardScope.PUBLIC_ONLY, Optional.of(BRIDGE), BRIDGE),
                () -> GuardPlan.of(decided, GuardScope.PUBLIC_ONLY),
                new ChildTools(Duration.ofSeconds(20)),
                noted,
                Clock.systemUTC());
    }

    @AfterEach
    void remove() {
        if (guard != null) {
            guard.close();
        }
        Command.attempt(List.of("nft", "flush", "ruleset"));
        // The cables first: a namespace goes in its own time, and what is in it with it.
        Command.attempt(List.of("ip", "link", "delete", "p-mallory"));
        Command.attempt(List.of("ip", "link", "delete", "p-victim"));
        Command.attempt(List.of("ip", "netns", "delete", "mallory"));
        Command.attempt(List.of("ip", "netns", "delete", "victim"));
        Command.attempt(List.of("ip", "link", "delete", "guard0"));
    }

    private static void attach(String name) {
        run("ip netns add " + name);
        run("ip netns exec " + name
                + " sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
        run("ip link add p-" + name + " type veth peer name eth0 netns " + name);
        run("ip link set p-" + name + " master guard0 up");
        run("ip -n " + name + " link set eth0 up");
    }

    private static void count(String name, String destination) {
        run("ip netns exec victim nft add counter netdev seen " + name);
        run("ip netns exec victim nft add rule netdev seen frames @ll,0,48 " + destination + " counter name " + name);
    }

    private static String run(String command) {
        return Command.run(List.of(command.split(" ")));
    }

    private void publish() throws Exception {
        guard.publish().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private List<GuardDamage> check() throws Exception {
        return guard.check().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /**
     * Sends a frame from mallory's NIC and tells whether it comes out at the victim's. A second one, which nobody minds,
     * follows it on the same processor, where neither can overtake the other.
     */
    private static boolean arrives(String frame) {
        long before = seen("frame");
        long fences = seen("fence");
        Command.run(List.of("ip", "netns", "exec", "mallory", "python3", "-c", """
                import os, socket, sys
                os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
                card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                card.bind(("eth0", 0))
                for frame in sys.argv[1:]:
                    card.send(bytes.fromhex(frame))
                """, frame, FENCE));
        await("fence").pollDelay(Duration.ZERO).until(() -> seen("fence") > fences);
        return seen("frame") > before;
    }

    private static long seen(String name) {
        Matcher counter = PACKETS.matcher(run("ip netns exec victim nft list counter netdev seen " + name));
        assertThat(counter.find()).isTrue();
        return Long.parseLong(counter.group(1));
    }

    private static Arguments frame(String what, MacAddress from, byte[] typed) {
        return Arguments.of(what, RuleFrame.of(EVERYBODY_ELSE, from, typed));
    }

    static Stream<Arguments> forged() {
        byte[] ip = RuleFrame.udp(GUARDED, OWN, 9, 9, new byte[16]);
        byte[] arp = RuleFrame.arp(1, MALLORY, GUARDED, OWN);
        return Stream.of(
                frame("source address", MALLORY, ip),
                frame("source address with IP options", MALLORY, RuleFrame.withOptions(GUARDED, OWN)),
                frame("first fragment", MALLORY, RuleFrame.firstFragment(GUARDED, OWN, 9, new byte[16])),
                frame("later fragment", MALLORY, RuleFrame.laterFragment(GUARDED, OWN)),
                frame("source address in a VLAN", MALLORY, RuleFrame.tagged(RuleFrame.VLAN, 5, ip)),
                frame("source address with a priority tag", MALLORY, RuleFrame.tagged(RuleFrame.VLAN, 0, ip)),
                frame("source address in a service VLAN", MALLORY, RuleFrame.tagged(RuleFrame.QINQ, 5, ip)),
                frame(
                        "source address behind two tags",
                        MALLORY,
                        RuleFrame.tagged(RuleFrame.QINQ, 5, RuleFrame.tagged(RuleFrame.VLAN, 6, ip))),
                frame(
                        "source address behind two priority tags",
                        MALLORY,
                        RuleFrame.tagged(RuleFrame.VLAN, 0, RuleFrame.tagged(RuleFrame.VLAN, 0, ip))),
                frame("source address in LLC/SNAP", MALLORY, RuleFrame.snap(ip)),
                frame(
                        "source address in LLC/SNAP behind a tag",
                        MALLORY,
                        RuleFrame.tagged(RuleFrame.VLAN, 0, RuleFrame.snap(ip))),
                frame("ARP request", MALLORY, arp),
                frame("ARP reply", MALLORY, RuleFrame.arp(2, MALLORY, GUARDED, OWN)),
                frame("gratuitous ARP", MALLORY, RuleFrame.arp(1, MALLORY, GUARDED, GUARDED)),
                frame("ARP in a VLAN", MALLORY, RuleFrame.tagged(RuleFrame.VLAN, 5, arp)),
                frame("ARP that names the owner's NIC", MALLORY, RuleFrame.arp(2, OWNER, GUARDED, OWN)),
                frame(
                        "ARP in the owner's frame that names another NIC",
                        OWNER,
                        RuleFrame.arp(2, MALLORY, GUARDED, OWN)),
                frame("ARP probe for the address", MALLORY, RuleFrame.arp(1, MALLORY, NONE, GUARDED)),
                frame("DHCP in the owner's name", MALLORY, RuleFrame.udp(NONE, ALL, 68, 67, RuleFrame.dhcp(1, OWNER))),
                frame(
                        "DHCP in the owner's name from another port",
                        MALLORY,
                        RuleFrame.udp(OWN, ALL, 4711, 67, RuleFrame.dhcp(1, OWNER))),
                frame("fragment of DHCP", MALLORY, RuleFrame.firstFragment(NONE, ALL, 67, new byte[8])),
                frame("DHCP server", MALLORY, RuleFrame.udp(OWN, ALL, 67, 68, RuleFrame.dhcp(2, EVERYBODY_ELSE))),
                frame(
                        "DHCP server on another port",
                        MALLORY,
                        RuleFrame.udp(OWN, ALL, 4711, 68, RuleFrame.dhcp(2, EVERYBODY_ELSE))));
    }

    static Stream<Arguments> honest() {
        return Stream.of(
                frame("owner's address", OWNER, RuleFrame.udp(GUARDED, OWN, 9, 9, new byte[16])),
                frame("owner's fragment", OWNER, RuleFrame.laterFragment(GUARDED, OWN)),
                frame(
                        "owner's address in a VLAN",
                        OWNER,
                        RuleFrame.tagged(RuleFrame.VLAN, 5, RuleFrame.udp(GUARDED, OWN, 9, 9, new byte[16]))),
                frame("owner's ARP", OWNER, RuleFrame.arp(1, OWNER, GUARDED, OWN)),
                frame("owner's ARP probe", OWNER, RuleFrame.arp(1, OWNER, NONE, GUARDED)),
                frame("owner's DHCP", OWNER, RuleFrame.udp(NONE, ALL, 68, 67, RuleFrame.dhcp(1, OWNER))),
                frame("address that nobody guards", MALLORY, RuleFrame.udp(OWN, GUARDED, 9, 9, new byte[16])),
                frame("ARP of an address that nobody guards", MALLORY, RuleFrame.arp(1, MALLORY, OWN, GUARDED)),
                frame("DHCP of an unknown NIC", MALLORY, RuleFrame.udp(NONE, ALL, 68, 67, RuleFrame.dhcp(1, MALLORY))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forged")
    void whatIsForgedArrivesOnlyWithoutTheGuard(String what, String frame) throws Exception {
        assertThat(arrives(frame)).as("without the guard").isTrue();
        publish();
        assertThat(arrives(frame)).as("with the guard").isFalse();
        run("nft delete table bridge vps_gateway");
        assertThat(arrives(frame)).as("with the spare table alone").isFalse();
        check();
        run("nft delete table bridge vps_gateway_spare");
        assertThat(arrives(frame)).as("without the spare table").isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("honest")
    void whatIsHonestArrives(String what, String frame) throws Exception {
        publish();
        assertThat(arrives(frame)).isTrue();
        run("nft delete table bridge vps_gateway");
        assertThat(arrives(frame)).as("with the spare table alone").isTrue();
    }

    @Test
    void portsThatComeLaterAreGuardedAfterTheNextCheck() throws Exception {
        publish();
        run("ip link set p-mallory nomaster");
        check();
        assertThat(run("nft list set bridge vps_gateway ports")).doesNotContain("p-mallory");

        run("ip link set p-mallory master guard0");
        // A bridge takes another MAC with its ports, and the kernel forgets its neighbours with the old one.
        assertThat(check())
                .extracting(GuardDamage::kind)
                .doesNotContain(GuardDamage.Kind.RULES, GuardDamage.Kind.ELEMENT);

        assertThat(run("nft list set bridge vps_gateway ports")).contains("p-mallory", "p-victim");
    }

    @Test
    void portsThatComeLaterAreGuardedWhenTheBridgeIsFollowed() throws Exception {
        run("ip link set p-mallory nomaster");
        publish();

        run("ip link set p-mallory master guard0");
        guard.followBridge();

        await().until(() -> run("nft list set bridge vps_gateway ports").contains("p-mallory"));
        assertThat(noted.mended)
                .extracting(GuardDamage::kind)
                .doesNotContain(GuardDamage.Kind.RULES, GuardDamage.Kind.ELEMENT);
    }

    @Test
    void dropsOnTheBridgeAreCountedForTheVps() throws Exception {
        publish();
        arrives(RuleFrame.of(EVERYBODY_ELSE, MALLORY, RuleFrame.arp(2, MALLORY, GUARDED, OWN)));
        arrives(RuleFrame.of(EVERYBODY_ELSE, MALLORY, RuleFrame.laterFragment(GUARDED, OWN)));
        check();

        assertThat(noted.drops).containsEntry(VpsId.parse("vps-1"), 2L);

        run("nft flush chain bridge vps_gateway prerouting");
        arrives(RuleFrame.of(EVERYBODY_ELSE, MALLORY, RuleFrame.laterFragment(GUARDED, OWN)));
        check();

        assertThat(noted.drops).as("with what the spare table dropped").containsEntry(VpsId.parse("vps-1"), 3L);
    }

    @Test
    void tablesOfTheBridgeAreRemovedWhenNoneIsGuardedAnyMore() throws Exception {
        publish();
        guard.close();
        assertThat(run("nft list tables")).contains("table bridge vps_gateway\n", "table bridge vps_gateway_spare\n");

        guard = new AddressGuard(
                new GuardSettings(GuardScope.PUBLIC_ONLY, Optional.empty(), BRIDGE),
                () -> GuardPlan.of(decided, GuardScope.PUBLIC_ONLY),
                new ChildTools(Duration.ofSeconds(20)),
                noted,
                Clock.systemUTC());
        publish();

        assertThat(run("nft list tables")).contains("table inet vps_gateway").doesNotContain("table bridge");
    }

    @Test
    void publicationAfterTheEndIsRefused() {
        guard.close();

        assertThatThrownBy(() -> guard.publish().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(GuardFailedException.class)
                .hasMessage("the gateway is shutting down");
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host outside sees of a VPS, and what stands in the table nat, by real packets and real iptables. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SnatIT {
    private static final Ipv4Address VPS = Ipv4Address.parse("10.15.3.20");
    private static final Ipv4Address NEIGHBOUR = Ipv4Address.parse("10.15.3.21");
    private static final String JUMP =
            "-A POSTROUTING -m comment --comment \"vps-gateway: outbound address\" -j VPSGW-SNAT";

    private final World world = World.create("snat");
    private final OutsideWorld outside = OutsideWorld.create();
    private final Path files = Sandbox.directory("snat-alternatives");
    private Vps vps;
    private Vps neighbour;

    @BeforeAll
    void plugIn() {
        Command.run(List.of("sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv4.conf.all.send_redirects=0"));
        vps = machine("vps-1", "02:00:00:00:00:01", VPS);
        neighbour = machine("vps-2", "02:00:00:00:00:02", NEIGHBOUR);
        world.with("GATEWAY_RECONCILE_INTERVAL", "1s");
    }

    private Vps machine(String name, String mac, Ipv4Address address) {
        Vps machine = world.lab().vps(name, MacAddress.parse(mac));
        machine.exec("ip", "addr", "add", address + "/24", "dev", "eth0");
        machine.exec("ip", "route", "add", "default", "via", "10.15.3.1");
        return machine;
    }

    @BeforeEach
    void usual() {
        world.with("GATEWAY_OUTBOUND_IP", OutsideWorld.FIRST.toString())
                .with("GATEWAY_OUTBOUND_INTERFACE", "")
                .with("GATEWAY_MANAGE_SYSCTL", "true")
                .with("GATEWAY_KEEP_RULES", "false");
        outside.isBehind("out0");
        outside.forget();
        Command.run(List.of("conntrack", "-F"));
    }

    @AfterEach
    void end() {
        if (world.gateway().isAlive()) {
            world.gateway().terminate();
        }
        for (String backend : List.of("nft", "legacy")) {
            assertThat(rules(backend)).as("left behind, " + backend).isEmpty();
        }
    }

    @AfterAll
    void unplug() {
        world.close();
        outside.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void theWorldSeesTheOutboundAddressUntilTheGatewayStops(String backend) {
        // Given
        start(backend);

        // When
        send(vps, OutsideWorld.HOST);

        // Then
        awaitHeardFrom(OutsideWorld.FIRST);
        assertThat(rules(backend)).containsExactly("-N VPSGW-SNAT", JUMP, rule("out0", OutsideWorld.FIRST));
        assertThat(world.metric("vps_gateway_snat_status")).isEqualTo(1);

        // When
        assertThat(world.gateway().terminate()).isZero();
        outside.forget();
        send(vps, OutsideWorld.HOST);

        // Then
        assertThat(rules(backend)).isEmpty();
        awaitHeardFrom(VPS);
    }

    @Test
    void whatStaysInTheNetworkKeepsItsSourceEvenWhereItPassesTheWayOut() {
        // Given
        world.with("GATEWAY_OUTBOUND_INTERFACE", "eth0");
        start("nft");
        neighbour.exec(OutsideWorld.remembering());
        vps.exec("ip", "route", "replace", NEIGHBOUR + "/32", "via", "10.15.3.1");

        // When
        send(vps, NEIGHBOUR);

        // Then
        await().untilAsserted(() -> assertThat(
                        OutsideWorld.seenIn(neighbour.exec("nft", "list", "set", "ip", "seen", "sources")))
                .containsExactly(VPS));
        vps.exec("ip", "route", "del", NEIGHBOUR + "/32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void afterAKillTheNextStartFindsItRight(String backend) {
        // Given
        start(backend);
        world.gateway().kill9();
        assertThat(rules(backend)).hasSize(3);

        // When
        start(backend);

        // Then
        assertThat(rules(backend)).containsExactly("-N VPSGW-SNAT", JUMP, rule("out0", OutsideWorld.FIRST));
        send(vps, OutsideWorld.HOST);
        awaitHeardFrom(OutsideWorld.FIRST);
    }

    @Test
    void aChangedAddressReplacesTheOldOneAndTellsHowManyConnectionsStillUseThat() {
        // Given
        // A datagram without an answer is forgotten after 30 s, and the next start may take longer.
        Command.run(List.of("sysctl", "-qw", "net.netfilter.nf_conntrack_udp_timeout=600"));
        start("nft");
        send(vps, OutsideWorld.HOST);
        world.gateway().kill9();
        outside.forget();

        // When
        world.with("GATEWAY_OUTBOUND_IP", OutsideWorld.SECOND.toString());
        start("nft");

        // Then
        assertThat(world.gateway().output())
                .contains("the outbound address changes from 203.0.113.1 to 203.0.113.2; connections that use the old"
                        + " one until they end: 1");
        assertThat(rules("nft")).containsExactly("-N VPSGW-SNAT", JUMP, rule("out0", OutsideWorld.SECOND));
        send(neighbour, OutsideWorld.HOST);
        awaitHeardFrom(OutsideWorld.SECOND);
    }

    @Test
    void rulesOfTheOtherBackendGoWhenTheHostHasChangedIt() {
        // Given
        start("legacy");
        world.gateway().kill9();
        assertThat(rules("legacy")).hasSize(3);

        // When
        start("nft");

        // Then
        assertThat(rules("legacy")).isEmpty();
        assertThat(rules("nft")).hasSize(3);
    }

    @Test
    void aStartWithoutAnAddressRemovesWhatAnEarlierOneLeft() {
        // Given
        start("nft");
        world.gateway().kill9();

        // When
        world.with("GATEWAY_OUTBOUND_IP", "");
        start("nft");

        // Then
        await().untilAsserted(() -> assertThat(rules("nft")).isEmpty());
    }

    @Test
    void itFollowsTheDefaultRoute() {
        // Given
        start("nft");

        // When
        outside.isBehind("out1");

        // Then
        await().untilAsserted(() ->
                assertThat(rules("nft")).containsExactly("-N VPSGW-SNAT", JUMP, rule("out1", OutsideWorld.FIRST)));
        send(vps, OutsideWorld.HOST);
        awaitHeardFrom(OutsideWorld.FIRST);
        assertThat(world.metric("vps_gateway_repairs_total{what=\"snat\"}")).isZero();
    }

    @Test
    void whatOthersDoToItIsRepairedCountedAndLogged() {
        // Given
        start("nft");
        List<String> right = rules("nft");

        // When
        iptables("nft", "-F", "VPSGW-SNAT");

        // Then
        await().untilAsserted(() -> assertThat(rules("nft")).isEqualTo(right));

        // When
        iptables("nft", "-A", "POSTROUTING", "-p", "tcp", "-j", "VPSGW-SNAT");
        iptables("nft", "-I", "VPSGW-SNAT", "1", "-j", "RETURN");

        // Then
        await().untilAsserted(() -> assertThat(rules("nft")).isEqualTo(right));
        await().untilAsserted(() -> assertThat(world.metric("vps_gateway_repairs_total{what=\"snat\"}"))
                .isGreaterThanOrEqualTo(2));
        assertThat(world.gateway().output()).contains("the outbound address had been changed by somebody else");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void aRuleThatOthersPutBeforeItComesBehindItAgain(String backend) {
        // Given
        start(backend);

        // When
        iptables(backend, "-I", "POSTROUTING", "1", "-o", "out0", "-j", "MASQUERADE");

        // Then
        await().untilAsserted(() ->
                assertThat(postrouting(backend)).containsExactly(JUMP, "-A POSTROUTING -o out0 -j MASQUERADE"));
        await().untilAsserted(() -> assertThat(world.metric("vps_gateway_repairs_total{what=\"snat\"}"))
                .isGreaterThanOrEqualTo(1));
        iptables(backend, "-D", "POSTROUTING", "-o", "out0", "-j", "MASQUERADE");
    }

    @Test
    void anAddressThatTheHostLosesMakesItUnreadyUntilItIsBack() {
        // Given
        world.with("GATEWAY_OUTBOUND_IP", OutsideWorld.SECOND.toString());
        start("nft");

        // When
        Command.run(List.of("ip", "addr", "del", OutsideWorld.SECOND + "/24", "dev", "out0"));

        // Then
        world.awaitUnready("203.0.113.2 is no address of this host");

        // When
        Command.run(List.of("ip", "addr", "add", OutsideWorld.SECOND + "/24", "dev", "out0"));

        // Then
        world.gateway().awaitReady();
    }

    @Test
    void itStaysBeyondTheStopWhereItIsToBeKept() {
        // Given
        world.with("GATEWAY_KEEP_RULES", "true");
        start("nft");

        // When
        world.gateway().terminate();

        // Then
        assertThat(rules("nft")).hasSize(3);
        send(vps, OutsideWorld.HOST);
        awaitHeardFrom(OutsideWorld.FIRST);
        world.with("GATEWAY_KEEP_RULES", "false");
        start("nft");
    }

    @Test
    void forwardingStaysOffUnlessTheGatewayMaySwitchItOn() {
        // Given
        Command.run(List.of("sysctl", "-qw", "net.ipv4.ip_forward=0"));

        // When
        world.with("GATEWAY_MANAGE_SYSCTL", "");
        start("nft");

        // Then
        assertThat(forwarding()).isEqualTo("0");
        assertThat(world.gateway().output()).contains("run 'sysctl -w net.ipv4.ip_forward=1'");

        // When
        world.gateway().terminate();
        world.with("GATEWAY_MANAGE_SYSCTL", "true");
        start("nft");

        // Then
        assertThat(forwarding()).isEqualTo("1");
    }

    private static String forwarding() {
        return Command.run(List.of("sysctl", "-n", "net.ipv4.ip_forward")).strip();
    }

    /** As when it is lost later: VPSs get their addresses meanwhile. */
    @Test
    void anAddressThatTheHostDoesNotHaveYetIsWaitedFor() {
        world.with("GATEWAY_OUTBOUND_IP", "203.0.113.77");
        world.launch();

        world.awaitUnready("203.0.113.77 is no address of this host");
        assertThat(world.health("ready", "dhcp and dns")).isEqualTo("UP");
        assertThat(world.metric("vps_gateway_snat_status")).isZero();
        assertThat(world.metric("vps_gateway_snat_wanted")).isEqualTo(1);

        Command.run(List.of("ip", "addr", "add", "203.0.113.77/24", "dev", "out0"));

        world.gateway().awaitReady();
        assertThat(world.metric("vps_gateway_snat_status")).isEqualTo(1);
        Command.run(List.of("ip", "addr", "del", "203.0.113.77/24", "dev", "out0"));
    }

    @Test
    void anInterfaceThatThereIsNotIsNoGoodOne() {
        world.with("GATEWAY_OUTBOUND_INTERFACE", "out7");
        world.launch();

        world.awaitUnready("there is no interface out7");
        assertThat(world.health("ready", "dhcp and dns")).isEqualTo("UP");
        assertThat(world.metric("vps_gateway_snat_status")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "legacy"})
    void aGatewayWithoutTheCapabilityDoesNotStartAndSaysWhatItLacks(String backend) {
        String[] wrapper = Stream.concat(
                        Stream.of(using(backend)),
                        Stream.of("setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw"))
                .toArray(String[]::new);

        GatewayProcess gateway = world.launch(wrapper);

        assertThat(gateway.awaitExit()).isEqualTo(1);
        assertThat(gateway.output())
                .contains("GATEWAY_OUTBOUND_IP cannot be set up: iptables ended with")
                .contains("(run as root, or with CAP_NET_ADMIN and CAP_NET_RAW)");
    }

    @Test
    void aHostWithoutIptablesEndsTheStart() {
        GatewayProcess gateway = world.launch(using("none"));

        assertThat(gateway.awaitExit()).isEqualTo(1);
        assertThat(gateway.output()).contains("iptables is not installed (install the package iptables)");
    }

    private void start(String backend) {
        world.launch(using(backend)).awaitReady();
    }

    /** A command that starts the one behind it where iptables is that backend's, or not there at all. */
    private String[] using(String backend) {
        Path alternatives = files.resolve(backend);
        Command.run(List.of("cp", "-a", "/etc/alternatives/.", alternatives.toString()));
        for (String tool : List.of("iptables", "iptables-restore", "iptables-save")) {
            String program = "/usr/sbin/" + tool.replace("iptables", "iptables-" + backend);
            Command.run(
                    List.of("ln", "-sfn", program, alternatives.resolve(tool).toString()));
        }
        return new String[] {
            "unshare", "-m", "sh", "-c", "mount --bind \"$0\" /etc/alternatives && exec \"$@\"", alternatives.toString()
        };
    }

    /** One datagram. */
    private static void send(Vps from, Ipv4Address to) {
        from.exec("bash", "-c", "echo here >/dev/udp/" + to + "/9");
    }

    private void awaitHeardFrom(Ipv4Address address) {
        await().untilAsserted(() -> assertThat(outside.heardFrom()).containsExactly(address));
    }

    private static String rule(String out, Ipv4Address source) {
        return "-A VPSGW-SNAT -s 10.15.3.0/24 ! -d 10.15.3.0/24 -o " + out
                + " -m comment --comment \"vps-gateway: outbound address\" -j SNAT --to-source " + source;
    }

    /** What {@code iptables -t nat -S} shows of ours. */
    private static List<String> rules(String backend) {
        return iptables(backend, "-S")
                .lines()
                .filter(line -> line.contains("VPSGW-SNAT"))
                .toList();
    }

    private static List<String> postrouting(String backend) {
        return iptables(backend, "-S", "POSTROUTING")
                .lines()
                .filter(line -> line.startsWith("-A "))
                .toList();
    }

    private static String iptables(String backend, String... arguments) {
        return Command.run(Stream.concat(Stream.of("iptables-" + backend, "-w", "-t", "nat"), Stream.of(arguments))
                .toList());
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The child that hears of changed rules, where the next comparison is ten minutes away. */
class RulesetWatchIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final Ipv4Address PUBLIC = Ipv4Address.parse("203.0.113.7");
    private static final Ipv4Address OUTBOUND = Ipv4Address.parse("192.0.2.1");

    private final World world = World.create("ruleset-watch");

    @BeforeEach
    void startGateway() {
        world.lab().outsideHost("outside", OUTBOUND, Ipv4Address.parse("192.0.2.9"));
        world.with("GATEWAY_RECONCILE_INTERVAL", "10m")
                .with("GATEWAY_OUTBOUND_IP", OUTBOUND.toString())
                .with("GATEWAY_OUTBOUND_INTERFACE", "outside")
                .start();
    }

    @AfterEach
    void stop() {
        world.close();
        Command.attempt(List.of("nft", "flush", "ruleset"));
    }

    private void guardOne() {
        world.api().assignPublic("vps-1", MAC, PUBLIC);
        awaitHearing();
    }

    private void awaitHearing() {
        await().until(() -> world.metric("vps_gateway_ruleset_watch_status") == 1);
    }

    private ProcessHandle monitor() {
        return await().until(this::monitors, running -> running.size() == 1).get(0);
    }

    private List<ProcessHandle> monitors() {
        return world.gateway().children().stream()
                .filter(child -> child.info().command().orElse("").endsWith("/nft"))
                .filter(child ->
                        List.of(child.info().arguments().orElse(new String[0])).contains("monitor"))
                .toList();
    }

    private static String ruleset() {
        return Command.run(List.of("nft", "list", "ruleset"));
    }

    private static String nat() {
        return Command.run(List.of("iptables", "-w", "-t", "nat", "-S"));
    }

    private void awaitAllThere() {
        await("guard")
                .until(() ->
                        ruleset().contains(PUBLIC + " . " + MAC) && ruleset().contains("table arp vps_gateway"));
        await("outbound address").until(() -> nat().contains("--to-source " + OUTBOUND));
    }

    @Test
    void allRulesAreBackAfterAFlushOfTheWholeRuleset() {
        guardOne();

        Command.run(List.of("nft", "flush", "ruleset"));
        awaitAllThere();
        // The host's own service flushes when it stops and when it starts.
        Command.run(List.of("nft", "flush", "ruleset"));
        awaitAllThere();

        await().until(() -> world.metric("vps_gateway_repairs_total{what=\"guard_rules\"}") >= 4);
        await().until(() -> world.metric("vps_gateway_repairs_total{what=\"snat\"}") >= 2);
    }

    @Test
    void theOutboundAddressAloneIsHeardOfToo() {
        awaitHearing();

        Command.run(List.of("iptables", "-w", "-t", "nat", "-F", "POSTROUTING"));
        await().until(() -> nat().contains("-j VPSGW-SNAT"));
        Command.run(List.of("iptables", "-w", "-t", "nat", "-F", "VPSGW-SNAT"));

        await().until(() -> nat().contains("--to-source " + OUTBOUND));
    }

    @Test
    void aKilledChildComesBackAndWhatItMissedIsFound() {
        guardOne();
        ProcessHandle first = monitor();

        Programs.kill9(first);
        Command.run(List.of("nft", "flush", "ruleset"));

        awaitAllThere();
        assertThat(monitor().pid()).isNotEqualTo(first.pid());
        awaitHearing();
        assertThat(world.metric("vps_gateway_ruleset_watch_restarts_total")).isEqualTo(1);
        assertThat(world.gateway().isReady()).isTrue();
        assertThat(world.gateway().output())
                .containsOnlyOnce("changed rules of the packet filter are not noticed at once")
                .containsOnlyOnce("changed rules of the packet filter are noticed at once again");
    }

    @Test
    void itEndsWithTheGateway() {
        guardOne();
        ProcessHandle child = monitor();

        world.gateway().terminate();

        await().until(() -> !child.isAlive());
    }

    @Test
    void aKilledGatewayLeavesNoneNotEvenOneThatHangs() {
        guardOne();
        ProcessHandle child = monitor();
        Programs.freeze(child);

        world.gateway().kill9();

        await().until(() -> !child.isAlive());
    }
}

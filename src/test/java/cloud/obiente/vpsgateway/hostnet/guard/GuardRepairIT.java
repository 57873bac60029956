package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.hostnet.ToolResult;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.lab.LogLines;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the guard finds changed, or left by an earlier run, and what becomes of it. */
class GuardRepairIT extends GuardFixture {
    private static final String LOG = "cloud.obiente.vpsgateway.hostnet.guard";

    @Test
    void nothingIsDoneWhereNothingIsGuarded() throws Exception {
        publish();

        assertThat(check()).isEmpty();
        assertThat(run("nft", "list", "ruleset")).isEmpty();
        assertThat(guard.status().enforced()).isTrue();
    }

    @Test
    void whatAnEarlierRunLeftIsRemovedWhereNothingIsGuardedAnyMore() throws Exception {
        // Given
        decide(toOwner(), Held.publicly("vps-2", "203.0.113.11", MALLORY));
        publish();
        guard.close();
        run("nft", "add", "table", "inet", "other");
        run("ip", "neigh", "replace", "10.15.3.250", "lladdr", "02:00:00:00:00:fa", "dev", "eth0", "nud", "permanent");
        decide();

        // When
        guard = guard(GuardScope.PUBLIC_ONLY);
        List<String> said = LogLines.during(LOG, this::publish);

        // Then
        assertThat(run("nft", "list", "tables")).isEqualTo("table inet other\n");
        assertThat(run("ip", "neigh", "show", "nud", "permanent"))
                .contains("10.15.3.250")
                .doesNotContain("203.0.113.");
        assertThat(said)
                .contains(
                        "removed table inet vps_gateway, which is stale",
                        "removed table arp vps_gateway, which is stale",
                        "removed stale permanent neighbour entries: 203.0.113.10 dev eth0," + " 203.0.113.11 dev eth0");
        owner.linkDown();
        take(mallory);
        assertThat(reachesGateway(mallory)).isTrue();
        assertThat(LogLines.during(LOG, this::publish)).isEmpty();
    }

    @Test
    void whereNothingIsLeftNothingIsRemovedAndNothingIsSaid() throws Exception {
        List<String> commands = new CopyOnWriteArrayList<>();
        guard = guard((command, input) -> {
            commands.add(String.join(" ", command) + " " + input.strip());
            return TOOLS.run(command, input);
        });

        List<String> said = LogLines.during(LOG, this::publish);
        publish();
        check();

        assertThat(commands).containsExactly("nft -f - list tables", "ip -4 neigh show nud permanent ");
        assertThat(said).containsExactly("0 addresses are guarded");
    }

    @Test
    void withoutToolsAndCapabilityNothingToGuardIsNoFault() throws Exception {
        guard = guard((command, input) ->
                new ToolResult(command, command.get(0).equals("nft") ? 1 : ToolResult.NOT_FOUND, "", "not permitted"));
        publish();

        assertThat(check()).isEmpty();
        assertThat(guard.status().enforced()).isTrue();
    }

    @Test
    void tablesThatCannotBeMadeAnewAreRemovedWithTheLastAddress() throws Exception {
        // Given
        AtomicBoolean broken = new AtomicBoolean();
        guard = guard((command, input) -> broken.get() && input.contains("element")
                ? new ToolResult(command, 1, "", "out of memory")
                : TOOLS.run(command, input));
        decide(toOwner());
        publish();
        broken.set(true);
        decide(toOwner(), Held.publicly("vps-2", "203.0.113.11", MALLORY));
        assertThatThrownBy(this::publish)
                .hasRootCauseMessage("addresses cannot be guarded: nft ended with 1: out of memory"
                        + " (nftables 1.0 or newer and a kernel with nf_tables are needed; for GATEWAY_GUARD_BRIDGE, one with the"
                        + " bridge family)");

        // When
        decide();
        publish();

        // Then
        assertThat(run("nft", "list", "tables")).isEmpty();
        assertThat(neighbour()).doesNotContain("PERMANENT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RULES     | nft delete table inet vps_gateway",
                "RULES     | nft delete table arp vps_gateway",
                "RULES     | nft flush ruleset",
                "RULES     | nft flush chain inet vps_gateway prerouting",
                "RULES     | nft insert rule inet vps_gateway prerouting accept",
                "RULES     | nft insert rule arp vps_gateway arp_sender return",
                "RULES     | nft add chain inet vps_gateway other",
                "RULES     | nft add set inet vps_gateway other { type ipv4_addr; }",
                "ELEMENT   | nft delete element inet vps_gateway guarded { 203.0.113.10 }",
                "ELEMENT   | nft flush set inet vps_gateway owners",
                "ELEMENT   | nft flush set arp vps_gateway guarded",
                "ELEMENT   | nft add element inet vps_gateway owners { 203.0.113.10 . 02:00:00:00:00:02 }",
                "ELEMENT   | nft add element arp vps_gateway guarded { 203.0.113.99 }",
                "NEIGHBOUR | ip neigh del 203.0.113.10 dev eth0",
                "NEIGHBOUR | ip neigh replace 203.0.113.10 dev eth0 lladdr 02:00:00:00:00:02 nud permanent",
                "NEIGHBOUR | ip neigh replace 203.0.113.10 dev eth0 lladdr 02:00:00:00:00:01 nud reachable",
            })
    void whatSomebodyElseChangedIsMended(GuardDamage.Kind kind, String sabotage) throws Exception {
        decide(toOwner());
        publish();
        assertThat(check()).isEmpty();

        run("sh", "-c", sabotage.replace("{", "'{").replace("}", "}'"));

        assertThat(check()).extracting(GuardDamage::kind).contains(kind);
        assertThat(check()).isEmpty();
        assertThat(neighbour()).contains("lladdr " + OWNER + " PERMANENT");
        assertThat(reachesGateway(owner)).isTrue();
        owner.linkDown();
        take(mallory);
        assertThat(isShutOut(mallory)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft flush ruleset", "nft delete table arp vps_gateway"})
    void changeAfterSabotageMendsEverything(String sabotage) throws Exception {
        decide(toOwner());
        publish();
        run("sh", "-c", sabotage);
        decide(toOwner(), Held.publicly("vps-2", "203.0.113.11", MALLORY));
        publish();

        assertThat(check()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nft flush ruleset",
                "nft flush set inet vps_gateway owners",
                "ip neigh del 203.0.113.10 dev eth0",
                "nft flush ruleset; ip neigh del 203.0.113.10 dev eth0"
            })
    void whatIsMissingAlreadyIsNoErrorForARelease(String sabotage) throws Exception {
        // Given
        Allocation other = Held.publicly("vps-2", "203.0.113.11", MALLORY);
        decide(toOwner(), other);
        publish();
        run("sh", "-c", sabotage);

        // When
        decide(other);
        publish();

        // Then
        assertThat(guard.status().enforced()).isTrue();
        assertThat(run("nft", "list", "ruleset"))
                .contains("203.0.113.11 . " + MALLORY)
                .doesNotContain(ADDRESS);
        assertThat(neighbour()).doesNotContain("PERMANENT");
        assertThat(check()).isEmpty();
    }

    @Test
    void nextStartTakesOverWhatTheLastOneLeft() throws Exception {
        decide(toOwner(), Held.publicly("vps-2", "203.0.113.11", MALLORY));
        publish();
        guard.close();
        assertThat(run("nft", "list", "tables")).contains("inet vps_gateway", "arp vps_gateway");

        decide(toOwner());
        guard = guard(GuardScope.PUBLIC_ONLY);
        publish();

        assertThat(run("nft", "list", "ruleset")).contains(ADDRESS).doesNotContain("203.0.113.11");
        assertThat(run("ip", "neigh", "show", "nud", "permanent"))
                .contains(ADDRESS)
                .doesNotContain("203.0.113.11");
        assertThat(check()).isEmpty();
    }

    @Test
    void dropsNeverGoBackwards() throws Exception {
        decide(toOwner());
        publish();
        owner.linkDown();
        take(mallory);
        assertThat(isShutOut(mallory)).isTrue();
        check();
        long before = noted.drops.get(VpsId.parse("vps-1"));

        run("nft", "flush", "ruleset");
        check();
        assertThat(noted.drops.get(VpsId.parse("vps-1"))).isEqualTo(before);
        assertThat(isShutOut(mallory)).isTrue();
        check();

        assertThat(noted.drops.get(VpsId.parse("vps-1"))).isGreaterThan(before);
    }

    @Test
    void operatorsOwnNeighboursAndTablesAreLeftAlone() throws Exception {
        run("ip", "neigh", "replace", "10.15.3.250", "lladdr", "02:00:00:00:00:fa", "dev", "eth0", "nud", "permanent");
        run("nft", "add", "table", "inet", "other");
        decide(toOwner());
        publish();
        check();

        assertThat(run("ip", "neigh", "show", "10.15.3.250")).contains("PERMANENT");
        assertThat(run("nft", "list", "tables")).contains("inet other");
    }

    @Test
    void interfaceThatIsNotThereYetGetsItsNeighbourLater() throws Exception {
        run("ip", "link", "set", "eth0", "down");
        decide(toOwner());
        publish();
        run("ip", "link", "set", "eth0", "up");
        check();

        assertThat(neighbour()).contains("lladdr " + OWNER + " PERMANENT");
    }

    @Test
    void withoutCapabilityThePublicationFailsAndSaysWhatToDo() {
        decide(toOwner());
        guard = guard((command, input) -> TOOLS.run(
                Stream.concat(Stream.of("setpriv", "--bounding-set", "-net_admin", "--"), command.stream())
                        .toList(),
                input));

        assertThatThrownBy(this::publish)
                .cause()
                .isInstanceOf(GuardFailedException.class)
                .hasMessageContaining("grant CAP_NET_ADMIN");
        assertThat(guard.status().enforced()).isFalse();
    }
}

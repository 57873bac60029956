package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener.Finding;
import cloud.obiente.vpsgateway.ipam.ManualClock;
import cloud.obiente.vpsgateway.lab.LogLines;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.PoolShare;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtherGatewaysTest {
    private static final Ipv4Range POOL =
            new Ipv4Range(Ipv4Address.parse("10.15.3.20"), Ipv4Address.parse("10.15.3.199"));
    private static final Ipv4Range OTHER_POOL =
            new Ipv4Range(Ipv4Address.parse("10.15.3.200"), Ipv4Address.parse("10.15.3.250"));
    private static final Ipv4Address OWN_ADDRESS = Ipv4Address.parse("10.15.3.1");
    private static final Ipv4Address SECOND = Ipv4Address.parse("10.15.3.2");
    private static final Duration SEARCH_REMEMBERED = Duration.ofMinutes(20);
    private static final String CATEGORY = OtherGateways.class.getName();

    private final ManualClock clock = new ManualClock();
    private final List<Finding> findings = new ArrayList<>();
    private final MacAddress ownProbe = ProbeMac.of(POOL, new Random(1));
    private final OtherGateways gateways = gateways(PoolShare.WHOLE);

    @Test
    void aGatewayWithOurPoolIsNamedOnce() throws Exception {
        List<String> lines = LogLines.during(CATEGORY, () -> {
            for (int beacon = 0; beacon < 5; beacon++) {
                hear("pve-2", POOL, "1/1", SECOND);
                pass(BeaconExchange.INTERVAL);
            }
        });
        assertThat(lines)
                .containsExactly("another gateway is on this segment: pve-2 at 10.15.3.2 chooses addresses from"
                        + " 10.15.3.20-10.15.3.199, and this one from 10.15.3.20-10.15.3.199 as well: two VPSs can get the"
                        + " same address (give each gateway a pool of its own, or a GATEWAY_DHCP_POOL_SHARE)");
        assertThat(findings).containsExactly(Finding.GATEWAY);
        assertThat(gateways.overlaps()).isEqualTo(1);
        assertThat(gateways.hasUnseen()).isFalse();
    }

    @Test
    void poolsThatMerelyOverlapAreNamedAndOthersAreNot() {
        hear("pve-2", OTHER_POOL, "1/1", SECOND);
        assertThat(gateways.gateways()).singleElement().satisfies(gateway -> assertThat(gateway.describe())
                .isEqualTo("pve-2 at 10.15.3.2 chooses addresses from 10.15.3.200-10.15.3.250"));
        assertThat(findings).isEmpty();

        hear("pve-3", new Ipv4Range(POOL.last(), OTHER_POOL.last()), "1/1", SECOND.plus(1));
        assertThat(gateways.gateways())
                .extracting(gateway -> gateway.node().text())
                .as("overlaps come first")
                .containsExactly("pve-3", "pve-2");
        assertThat(gateways.gateways().get(0).overlap()).contains(new Ipv4Range(POOL.last(), POOL.last()));
        assertThat(findings).containsExactly(Finding.GATEWAY);
    }

    @Test
    void sharesOfOneDivisionDoNotOverlapAndOthersDo() {
        OtherGateways third = gateways(PoolShare.parse("3/3"));
        third.heard(beacon("pve-1", POOL, "1/3"), SECOND);
        third.heard(beacon("pve-2", POOL, "2/3"), SECOND.plus(1));
        assertThat(third.overlaps()).isZero();
        third.heard(beacon("pve-4", POOL, "4/4"), SECOND.plus(2));
        assertThat(third.overlaps()).isEqualTo(1);
        assertThat(third.gateways().get(0).describe())
                .contains("pve-4 at 10.15.3.4 chooses addresses from share 4/4 of ");
    }

    @Test
    void whoIsSetUpAnewIsNamedAgainAndIsWellThen() throws Exception {
        List<String> lines = LogLines.during(CATEGORY, () -> {
            hear("pve-2", POOL, "1/1", SECOND);
            hear("pve-2", OTHER_POOL, "1/1", SECOND);
            hear("pve-2", POOL, "1/1", SECOND);
        });
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).endsWith("pve-2 at 10.15.3.2 chooses addresses from 10.15.3.200-10.15.3.250");
        assertThat(findings).containsExactly(Finding.GATEWAY, Finding.GATEWAY);
        assertThat(gateways.gateways()).hasSize(1);
    }

    @Test
    void whoIsNotHeardIsForgotten() throws Exception {
        hear("pve-2", POOL, "1/1", SECOND);
        pass(OtherGateways.REMEMBERED);
        assertThat(gateways.gateways()).hasSize(1);
        List<String> lines = LogLines.during(CATEGORY, () -> pass(Duration.ofSeconds(1)));
        assertThat(gateways.gateways()).isEmpty();
        assertThat(lines).containsExactly("the gateway pve-2 at 10.15.3.2 is not heard any more");
    }

    @Test
    void ourOwnBeaconIsNoOthers() {
        gateways.heard(own(PoolShare.WHOLE), SECOND);
        hear("pve-2", POOL, "1/1", OWN_ADDRESS);
        assertThat(gateways.gateways()).isEmpty();
    }

    @Test
    void forgedGatewaysFillNeitherMemoryNorLog() throws Exception {
        hear("pve-2", OTHER_POOL, "1/1", SECOND);
        List<String> lines = LogLines.during(CATEGORY, () -> {
            for (int minute = 0; minute < 3; minute++) {
                for (int forged = 0; forged < 20_000; forged++) {
                    hear("forged-" + minute + "-" + forged, POOL, "1/" + (1 + forged % 100), SECOND.plus(forged % 100));
                }
                for (int beacon = 0; beacon < 12; beacon++) {
                    hear("pve-2", OTHER_POOL, "1/1", SECOND);
                    pass(BeaconExchange.INTERVAL);
                }
            }
        });
        assertThat(gateways.gateways())
                .extracting(gateway -> gateway.node().text())
                .containsExactly("pve-2");
        assertThat(lines).hasSizeLessThanOrEqualTo(4 * (LimitedLog.LINES + 1));
        assertThat(lines).anySatisfy(line -> assertThat(line)
                .matches(
                        "\\d+ more lines about other gateways on this segment \\(are beacons forged\\?\\) were left out"
                                + " within a minute"));

        for (int forged = 0; forged < 2 * OtherGateways.MAX_GATEWAYS; forged++) {
            hear("forged-" + forged, POOL, "1/1", SECOND);
        }
        assertThat(gateways.gateways()).hasSize(OtherGateways.MAX_GATEWAYS);
        assertThat(gateways.isCrowded()).isTrue();
        pass(OtherGateways.REMEMBERED.plusSeconds(1));
        assertThat(gateways.isCrowded()).isFalse();
    }

    @Test
    void aVpsIsNoSearchAndIsLeftToOthers() {
        assertThat(gateways.heard(MacAddress.parse("02:00:00:00:00:01"))).isFalse();
        assertThat(gateways.heard(MacAddress.parse("0a:76:71:00:00:01"))).isFalse();
    }

    @Test
    void ourOwnSearchAndThatOfAGatewayWithAnotherPoolAreNoNews() {
        assertThat(gateways.heard(ownProbe)).isTrue();
        assertThat(gateways.heard(ProbeMac.of(OTHER_POOL, new Random(2)))).isTrue();
        pass(OtherGateways.BEACON_DUE);
        assertThat(gateways.hasUnseen()).isFalse();
        assertThat(findings).isEmpty();
    }

    @Test
    void aGatewayWithOurPoolWhoseBeaconsAreNotHeardIsNamedOnceForAsLongAsItSearches() throws Exception {
        MacAddress search = ProbeMac.of(POOL, new Random(2));
        List<String> lines = LogLines.during(CATEGORY, () -> {
            assertThat(gateways.heard(search)).isTrue();
            pass(OtherGateways.BEACON_DUE.minusSeconds(1));
            assertThat(gateways.hasUnseen()).as("its beacon may be on its way").isFalse();
            pass(Duration.ofSeconds(1));
            assertThat(gateways.hasUnseen()).isTrue();
            pass(Duration.ofMinutes(5));
        });
        assertThat(lines)
                .singleElement()
                .asString()
                .contains("chooses addresses from " + POOL + " as this one does, and its beacons are not heard")
                .contains("let UDP port 1537 through");
        assertThat(findings).containsExactly(Finding.GATEWAY);

        pass(SEARCH_REMEMBERED);
        assertThat(gateways.hasUnseen()).isFalse();
        gateways.heard(search);
        pass(OtherGateways.BEACON_DUE);
        assertThat(findings).containsExactly(Finding.GATEWAY, Finding.GATEWAY);
    }

    @Test
    void frequentSearchesDoNotHideThatNoBeaconComes() {
        for (int search = 0; search < 30; search++) {
            gateways.heard(ProbeMac.of(POOL, new Random(2)));
            pass(Duration.ofSeconds(1));
        }
        assertThat(gateways.hasUnseen()).isTrue();
        hear("pve-2", POOL, "1/1", SECOND);
        assertThat(gateways.hasUnseen()).isFalse();
    }

    @Test
    void aGatewayWhoseBeaconsCeaseWhileItSearchesOnIsUnseen() {
        gateways.heard(ProbeMac.of(POOL, new Random(2)));
        hear("pve-2", POOL, "1/1", SECOND);
        for (int search = 0; search < 10; search++) {
            pass(OtherGateways.BEACON_DUE);
            gateways.heard(ProbeMac.of(POOL, new Random(2)));
        }
        assertThat(gateways.hasUnseen()).isTrue();
    }

    @Test
    void aGatewayThatComesBackIsNotUnseenBeforeItsBeaconIsDue() {
        hear("pve-2", POOL, "1/1", SECOND);
        gateways.heard(ProbeMac.of(POOL, new Random(2)));
        pass(Duration.ofMinutes(10));
        gateways.heard(ProbeMac.of(POOL, new Random(3)));
        pass(BeaconExchange.INTERVAL);
        assertThat(gateways.hasUnseen()).isFalse();
        pass(BeaconExchange.INTERVAL.multipliedBy(2));
        assertThat(gateways.hasUnseen()).isTrue();
    }

    @Test
    void aGatewayThatIsHeardAndThenEndsWasNeverUnseen() {
        hear("pve-2", POOL, "1/1", SECOND);
        gateways.heard(ProbeMac.of(POOL, new Random(2)));
        for (int tick = 0; tick < 60; tick++) {
            pass(BeaconExchange.INTERVAL);
            assertThat(gateways.hasUnseen()).isFalse();
        }
        assertThat(findings).containsExactly(Finding.GATEWAY);
    }

    private OtherGateways gateways(PoolShare share) {
        return new OtherGateways(
                own(share), ownProbe, () -> List.of(OWN_ADDRESS), findings::add, clock, SEARCH_REMEMBERED);
    }

    private void hear(String node, Ipv4Range pool, String share, Ipv4Address from) {
        gateways.heard(beacon(node, pool, share), from);
    }

    private void pass(Duration duration) {
        clock.advance(duration);
        gateways.tick();
    }

    private static GatewayBeacon own(PoolShare share) {
        return new GatewayBeacon(1, new DnsLabel("pve-1"), POOL, share);
    }

    private static GatewayBeacon beacon(String node, Ipv4Range pool, String share) {
        return new GatewayBeacon(2, new DnsLabel(node), pool, PoolShare.parse(share));
    }
}

package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener.Finding;
import cloud.obiente.vpsgateway.ipam.ManualClock;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtherServersTest {
    private static final Ipv4Range POOL =
            new Ipv4Range(Ipv4Address.parse("10.15.3.20"), Ipv4Address.parse("10.15.3.199"));
    private static final Ipv4Range OTHER_POOL =
            new Ipv4Range(Ipv4Address.parse("10.15.3.200"), Ipv4Address.parse("10.15.3.250"));
    private static final MacAddress OWN = ProbeMac.of(POOL, new Random(1));
    private static final Duration REMEMBERED = Duration.ofMinutes(20);

    private final ManualClock clock = new ManualClock();
    private final List<Finding> findings = new ArrayList<>();
    private final SegmentInterface absent = new SegmentInterface(new InterfaceName("absent0"), List::of);
    private final OtherServers servers = new OtherServers(
            new DhcpServerSearch(absent, OWN, Duration.ofMillis(1), new Random(1)),
            List::of,
            OWN,
            findings::add,
            clock,
            REMEMBERED);

    @Test
    void aVpsIsNoSearchAndIsLeftToOthers() {
        assertThat(servers.heard(MacAddress.parse("02:00:00:00:00:01"))).isFalse();
        assertThat(servers.heard(MacAddress.parse("0a:76:71:00:00:01"))).isFalse();
    }

    @Test
    void ourOwnSearchAndThatOfAGatewayWithAnotherPoolAreNoNews() {
        assertThat(servers.heard(OWN)).isTrue();
        assertThat(servers.heard(ProbeMac.of(OTHER_POOL, new Random(2)))).isTrue();
        assertThat(servers.gatewayHeard()).isEmpty();
        assertThat(findings).isEmpty();
    }

    @Test
    void aGatewayWithOurPoolIsNamedOnceForAsLongAsItIsHeard() {
        MacAddress other = ProbeMac.of(POOL, new Random(2));
        assertThat(servers.heard(other)).isTrue();
        clock.advance(REMEMBERED.minusSeconds(1));
        servers.heard(other);
        assertThat(servers.gatewayHeard()).contains(clock.instant());
        assertThat(findings).containsExactly(Finding.GATEWAY);

        clock.advance(REMEMBERED);
        assertThat(servers.gatewayHeard()).isEmpty();
        servers.heard(other);
        assertThat(findings).containsExactly(Finding.GATEWAY, Finding.GATEWAY);
    }

    @Test
    void aSearchThatCannotBeMadeSaysWhy() {
        servers.check();
        assertThat(servers.notChecked()).contains("interface absent0 does not exist");
        assertThat(servers.servers()).isEmpty();
    }

    @Test
    void searchesAreInTheNameOfAnAddressThatNoNicIsMadeWith() {
        assertThat(OWN.octets()[0] & 2).as("locally administered").isEqualTo(2);
        assertThat(ProbeMac.samePool(OWN, ProbeMac.of(POOL, new Random(3)))).isTrue();
        assertThat(OWN).isNotEqualTo(ProbeMac.of(POOL, new Random(3)));
    }
}

package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtherServersTest {
    private static final Ipv4Range POOL =
            new Ipv4Range(Ipv4Address.parse("10.15.3.20"), Ipv4Address.parse("10.15.3.199"));
    private static final MacAddress OWN = ProbeMac.of(POOL, new Random(1));

    private final SegmentInterface absent = new SegmentInterface(new InterfaceName("absent0"), List::of);
    private final OtherServers servers = new OtherServers(
            new DhcpServerSearch(absent, OWN, Duration.ofMillis(1), new Random(1)), List::of, finding -> {});

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

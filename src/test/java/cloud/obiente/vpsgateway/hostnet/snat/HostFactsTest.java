package cloud.obiente.vpsgateway.hostnet.snat;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What the kernel tells of routes and connections, as text. */
class HostFactsTest {
    private static final String HEADER =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    private static final Subnet NETWORK = new Subnet(Ipv4Address.parse("10.15.3.0"), 24);

    @Test
    void theDefaultRouteWithTheLowestMetricWins() {
        assertThat(DefaultRoute.parse(HEADER
                        + "vmbr0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                        + "vmbr7\t00000000\t010300C0\t0003\t0\t0\t50\t00000000\t0\t0\t0\n"
                        + "vmbr8\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"))
                .contains(new InterfaceName("vmbr7"));
    }

    @Test
    void aRouteThatLeadsNowhereIsNone() {
        assertThat(DefaultRoute.parse(HEADER
                        + "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
                        + "lo\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
                        + "vmbr0\t00000000\t010200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"
                        + "vmbr0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n"))
                .isEmpty();
    }

    @Test
    void onlyConnectionsThatBeganInTheNetworkCount() {
        assertThat(SnatFlows.count("""
                        tcp      6 431999 ESTABLISHED src=10.15.3.20 dst=198.51.100.9 sport=5 dport=80 src=198.51.100.9 dst=203.0.113.1 sport=80 dport=5 [ASSURED] mark=0 use=1
                        udp      17 29 src=203.0.113.1 dst=198.51.100.9 sport=5 dport=53 src=198.51.100.9 dst=203.0.113.1 sport=53 dport=5 mark=0 use=1
                        icmp     1 29 src=10.15.3.21 dst=198.51.100.9 type=8 code=0 id=7 src=198.51.100.9 dst=203.0.113.1 type=0 code=0 id=7 mark=0 use=1
                        """, NETWORK)).isEqualTo(2);
    }

    @Property
    void anyTextIsReadWithoutAFault(@ForAll String text) {
        DefaultRoute.parse(HEADER + text + "\t00000000\t" + text + "\t0003\t0\t0\t" + text + "\t00000000");
        assertThat(SnatFlows.count("src=" + text, NETWORK)).isZero();
    }
}

package cloud.obiente.vpsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementSourcesTest {
    private static final Subnet VPSS = new Subnet(Ipv4Address.parse("10.15.3.0"), 24);
    private static final Set<String> OWN = Set.of("10.15.3.1", "203.0.113.7");

    private final ManagementSources usual = new ManagementSources(Optional.empty(), VPSS, ManagementSourcesTest::isOwn);
    private final ManagementSources listed = new ManagementSources(
            Optional.of(List.of(new Subnet(Ipv4Address.parse("198.51.100.0"), 24))),
            VPSS,
            ManagementSourcesTest::isOwn);

    private static boolean isOwn(InetAddress address) {
        return address.isLoopbackAddress() || OWN.contains(address.getHostAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "10.15.3.1", "203.0.113.7"})
    void thisHostIsAllowedAlways(String address) throws UnknownHostException {
        assertThat(usual.test(InetAddress.getByName(address))).isTrue();
        assertThat(listed.test(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.20.0.1", "172.17.0.2", "192.168.1.1", "100.64.0.1", "10.15.4.20"})
    void privateNetworksAreAllowedUnlessOthersAreListed(String address) throws UnknownHostException {
        assertThat(usual.test(InetAddress.getByName(address))).isTrue();
        assertThat(listed.test(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.15.3.20", "10.15.3.2", "8.8.8.8", "::ffff:0:1", "2001:db8::1"})
    void vpssAndTheInternetAreNot(String address) throws UnknownHostException {
        assertThat(usual.test(InetAddress.getByName(address))).isFalse();
        assertThat(listed.test(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.51.100.1", "198.51.100.255"})
    void whatIsListedIsAllowed(String address) throws UnknownHostException {
        assertThat(usual.test(InetAddress.getByName(address))).isFalse();
        assertThat(listed.test(InetAddress.getByName(address))).isTrue();
    }
}

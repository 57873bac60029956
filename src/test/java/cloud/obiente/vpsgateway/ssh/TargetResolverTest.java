package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Allocation.Kind;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetResolverTest {
    private static final Subnet SUBNET = new Subnet(Ipv4Address.parse("10.15.3.0"), 24);
    private static final Set<Ipv4Address> OWN = Set.of(
            Ipv4Address.parse("127.0.0.1"),
            Ipv4Address.parse("10.15.3.2"),
            Ipv4Address.parse("10.15.3.3"),
            Ipv4Address.parse("192.0.2.10"));
    private static final IpamSnapshot HELD = Allocations.snapshot(
            Allocations.held("vps-1", "10.15.3.21", Kind.PRIVATE),
            Allocations.held("vps-1", "198.51.100.7", Kind.PUBLIC),
            Allocations.held("vps-2", "198.51.100.8", Kind.PUBLIC),
            Allocations.held("vps-evil", "127.0.0.5", Kind.PUBLIC),
            Allocations.held("vps-old", "10.99.0.4", Kind.PRIVATE));
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("leased.vps.local", "10.15.3.77"),
            Map.entry("rebound.vps.local", "127.0.0.1"),
            Map.entry("metadata.vps.local", "169.254.169.254"),
            Map.entry("internet.vps.local", "8.8.8.8"),
            Map.entry("router.vps.local", "10.15.3.1"),
            Map.entry("node.vps.local", "192.0.2.10"),
            Map.entry("zero.vps.local", "0.0.0.0"));

    private final List<String> asked = new ArrayList<>();

    private TargetResolution resolve(String target, int port, Subnet... allowed) {
        TargetPolicy policy = new TargetPolicy(
                SUBNET, Ipv4Address.parse("10.15.3.1"), () -> OWN, () -> HELD, List.of(allowed), PortSet.parse("22"));
        TargetResolver resolver = new TargetResolver(
                () -> HELD,
                DomainName.parse("vps.local"),
                name -> {
                    asked.add(name);
                    return CompletableFuture.completedStage(
                            Optional.ofNullable(NAMES.get(name)).map(Ipv4Address::parse));
                },
                policy);
        return resolver.resolve(target, port).toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "vps-1, 10.15.3.21",
        "VPS-1, 10.15.3.21",
        "vps-1.vps.local, 10.15.3.21",
        "vps-1.VPS.local., 10.15.3.21",
        "vps-2, 198.51.100.8",
        "vps-old, 10.99.0.4",
        "leased, 10.15.3.77",
        "leased.vps.local, 10.15.3.77",
        "10.15.3.21, 10.15.3.21",
        "10.15.3.254, 10.15.3.254",
        "198.51.100.7, 198.51.100.7",
        "10.99.0.4, 10.99.0.4"
    })
    void vpssAreReached(String target, String address) {
        assertThat(resolve(target, 22))
                .isInstanceOfSatisfying(TargetResolution.Allowed.class, found -> assertThat(found.destination())
                        .hasToString(address + ":22"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // this host and its neighbours on the link
                "127.0.0.1",
                "127.0.0.2",
                "127.255.255.254",
                "127.0.0.5",
                "vps-evil",
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "169.254.0.1",
                "169.254.255.255",
                "192.0.2.10",
                // the VPSs' network, but not a VPS
                "10.15.3.0",
                "10.15.3.1",
                "10.15.3.2",
                "10.15.3.3",
                "10.15.3.255",
                // somebody else's networks
                "10.15.2.255",
                "10.15.4.0",
                "10.0.0.1",
                "10.99.0.5",
                "172.16.0.1",
                "192.168.0.1",
                "192.168.1.254",
                "100.64.0.1",
                "198.18.0.1",
                "192.0.2.11",
                // the internet
                "1.1.1.1",
                "8.8.8.8",
                "93.184.216.34",
                "198.51.100.9",
                "203.0.113.1",
                "223.255.255.255",
                // no hosts at all
                "224.0.0.1",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                // other ways to write an address
                "127.1",
                "127.0.1",
                "0177.0.0.1",
                "0x7f.0.0.1",
                "010.15.3.21",
                "10.15.3.021",
                "10.15.3",
                "10.15.3.21.",
                "10.15.3.21/32",
                " 10.15.3.21",
                "10.15.3.21 ",
                "10.15.3.256",
                "10.15.3.-1",
                "10,15,3,21",
                "[10.15.3.21]",
                // IPv6, and IPv4 inside of it
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:7f00:1",
                "::ffff:10.15.3.21",
                "[::1]",
                "fe80::1",
                "fe80::1%eth0",
                "64:ff9b::7f00:1",
                "2001:db8::1",
                // names that are not a VPS's
                "example.com",
                "vps-1.example.com",
                "vps-1.vps.local.example.com",
                "a.vps-1.vps.local",
                "localhost.",
                "localhost.localdomain",
                ".vps.local",
                "vps.local",
                "metadata.google.internal",
                "vps_1",
                "vps-1:22",
                "user@vps-1",
                "-oProxyCommand=x",
                "vps-1\nvps-2",
                "vps-1 vps-2",
                "",
                "*",
                "http://vps-1",
                "//10.15.3.21",
                // names that our DNS would send elsewhere
                "rebound",
                "rebound.vps.local",
                "metadata",
                "internet",
                "router",
                "node",
                "zero"
            })
    void everythingElseIsRefused(String target) {
        assertThat(resolve(target, 22)).isInstanceOfSatisfying(TargetResolution.Denied.class, refused -> assertThat(
                        refused.why())
                .satisfiesAnyOf(why -> assertThat(why).startsWith("target not allowed: "), why -> assertThat(why)
                        .endsWith("has no address on this gateway")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vps-3", "2130706433", "0x7f000001", "localhost", "3232235777"})
    void aVpsThatNobodyKnowsHasNoAddress(String target) {
        assertThat(resolve(target, 22))
                .isEqualTo(new TargetResolution.Denied(target + " has no address on this gateway"));
    }

    @Test
    void onlyNamesOfTheDomainAreAskedFor() {
        resolve("example.com", 22);
        resolve("localhost", 22);
        resolve("vps-1", 22);
        assertThat(asked).containsExactly("localhost.vps.local");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 21, 23, 80, 443, 2222, 65_535, 65_536, Integer.MAX_VALUE})
    void otherPortsAreRefusedWithTheList(int port) {
        assertThat(resolve("vps-1", port))
                .isEqualTo(new TargetResolution.Denied("target not allowed: port " + port
                        + " is not among the allowed ones, 22 (GATEWAY_SSH_ALLOWED_PORTS)"));
    }

    @Test
    void theOperatorMayAllowMore() {
        Subnet loopback = new Subnet(Ipv4Address.parse("127.0.0.0"), 8);
        assertThat(resolve("127.0.0.1", 22, loopback)).isInstanceOf(TargetResolution.Allowed.class);
        assertThat(resolve("rebound", 22, loopback)).isInstanceOf(TargetResolution.Allowed.class);
        assertThat(resolve("8.8.8.8", 22, loopback)).isInstanceOf(TargetResolution.Denied.class);
    }

    @Test
    void notEvenTheOperatorMayAllowWhatIsNoHost() {
        Subnet everything = new Subnet(Ipv4Address.parse("0.0.0.0"), 0);
        assertThat(resolve("8.8.8.8", 22, everything)).isInstanceOf(TargetResolution.Allowed.class);
        assertThat(List.of("0.0.0.0", "224.0.0.1", "255.255.255.255"))
                .allSatisfy(target ->
                        assertThat(resolve(target, 22, everything)).isInstanceOf(TargetResolution.Denied.class));
    }
}

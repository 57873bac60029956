package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.HostileProgram;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gateways on one segment, each of which is to know of the others; and a VPS that pretends to be many. */
class OtherGatewaysIT {
    private static final Duration ENOUGH = Duration.ofMinutes(3);
    private static final String POOL = "10.15.3.20-10.15.3.254";
    private static final Pattern SEARCH = Pattern.compile("0a:76:70(:[0-9a-f]{2}){3}");
    private static final String OVERLAP = ", and this one from %s as well: two VPSs can get the same address";

    private final World world = World.create("other-gateways")
            .with("GATEWAY_DHCP_LISTEN_IP", "10.15.3.1")
            .with("GATEWAY_SEGMENT_CHECK_INTERVAL", "1s");

    @BeforeEach
    void addTheOtherHost() {
        world.vps("host-2", MacAddress.parse("02:00:00:00:fe:02"))
                .exec("ip", "addr", "add", "10.15.3.2/24", "dev", "eth0");
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void gatewaysWithOnePoolNameTheOverlapToBothOperators() {
        world.start();
        try (GatewayProcess other = otherGateway(Map.of())) {
            String overlap = String.format(Locale.ROOT, OVERLAP, POOL);
            await("in both logs")
                    .atMost(ENOUGH)
                    .until(() -> warns(other, " at 10.15.3.1 ", overlap)
                            && warns(world.gateway(), " at 10.15.3.2 ", overlap));
            assertThat(world.gateway().get("/health/ready").asString()).contains(" at 10.15.3.2 ", overlap);
            assertThat(world.health("ready", "segment")).isEqualTo("UP");
            assertThat(world.metric("vps_gateway_segment_gateways")).isEqualTo(1);
            assertThat(world.metric("vps_gateway_segment_pool_overlaps")).isEqualTo(1);
            assertThat(world.scrape().sum("vps_gateway_segment_findings_total", "gateway"))
                    .isEqualTo(1);
        }
        await("it is gone").atMost(ENOUGH).until(() -> world.metric("vps_gateway_segment_pool_overlaps") == 0);
        assertThat(world.gateway().output()).contains(" at 10.15.3.2 is not heard any more");
        assertThat(count(world.gateway(), line -> line.contains("WARN") && line.contains("two VPSs can get")))
                .as("warnings for one overlap")
                .isEqualTo(1);
    }

    @Test
    void poolsThatMerelyOverlapAreNamedToo() {
        world.start();
        try (GatewayProcess other = otherGateway(Map.of("GATEWAY_DHCP_POOL_START", "10.15.3.250"))) {
            String overlap = String.format(Locale.ROOT, OVERLAP, "10.15.3.250-10.15.3.254");
            await("in both logs")
                    .atMost(ENOUGH)
                    .until(() -> warns(other, " at 10.15.3.1 ", overlap)
                            && warns(world.gateway(), " at 10.15.3.2 ", overlap));
        }
    }

    @Test
    void sharesOfOnePoolAreSeenAndNotWarnedOf() {
        world.with("GATEWAY_DHCP_POOL_SHARE", "1/2").withDnsmasqLog().start();
        try (GatewayProcess other = otherGateway(Map.of("GATEWAY_DHCP_POOL_SHARE", "2/2"))) {
            await("each sees the other")
                    .atMost(ENOUGH)
                    .until(() -> world.gateway()
                                    .output()
                                    .contains(" at 10.15.3.2 chooses addresses from share 2/2 of " + POOL)
                            && other.output().contains(" at 10.15.3.1 chooses addresses from share 1/2 of " + POOL));
            // Its search for DHCP servers has come, too, which says what it chooses from in its own way.
            await("searches of both")
                    .atMost(ENOUGH)
                    .until(() -> SEARCH.matcher(world.gateway().output())
                                    .results()
                                    .map(MatchResult::group)
                                    .distinct()
                                    .count()
                            == 2);
            assertThat(world.metric("vps_gateway_segment_gateways")).isEqualTo(1);
            assertThat(world.metric("vps_gateway_segment_pool_overlaps")).isZero();
            assertThat(world.scrape().sum("vps_gateway_segment_findings_total", "gateway"))
                    .isZero();
            assertThat(count(world.gateway(), line -> line.contains("two VPSs can get")))
                    .isZero();
            assertThat(count(other, line -> line.contains("two VPSs can get"))).isZero();
        }
    }

    @Test
    void whereBeaconsAreFilteredItsSearchTells() {
        world.start();
        List.of(
                        "add table inet no_beacons",
                        "add chain inet no_beacons input { type filter hook input priority 0 ; policy accept ; }",
                        "add rule inet no_beacons input udp dport 1537 drop")
                .forEach(rule -> Command.run(List.of("nft", rule)));
        try (GatewayProcess other = otherGateway(Map.of())) {
            await("heard by the other").atMost(ENOUGH).until(() -> warns(other, " at 10.15.3.1 ", "two VPSs can get"));
            await("named")
                    .atMost(ENOUGH)
                    .until(() -> warns(
                            world.gateway(),
                            "another gateway on this segment chooses addresses from " + POOL + " as this one does",
                            "let UDP port 1537 through"));
            assertThat(world.gateway().get("/health/ready").asString()).contains("gatewayWithSamePool");
            assertThat(world.metric("vps_gateway_segment_pool_overlaps")).isEqualTo(1);
        } finally {
            Command.run(List.of("nft", "delete table inet no_beacons"));
        }
    }

    @Test
    void aVpsThatForgesBeaconsFillsNeitherLogNorMemoryNorChangesWhatIsServed() {
        world.start();
        Vps attacker = world.vps("attacker", mac(9));
        long before = System.nanoTime();
        try (HostileProgram attack = attacker.attack("beacons", "eth0")) {
            assertThat(attack).isNotNull();
            await("all places are taken")
                    .atMost(ENOUGH)
                    .until(() -> world.gateway().get("/health/ready").asString().contains("moreGateways"));
            assertThat(world.metric("vps_gateway_segment_gateways")).isEqualTo(32);
            assertThat(world.gateway().isReady()).isTrue();
            assertThat(world.gateway().get("/health/ready").asString()).hasSizeLessThan(32_768);
            assertThat(world.api().allocate("vps-1", mac(1))).hasToString("10.15.3.20");
            assertThat(world.vps("vps-1", mac(1)).dhcpOnce(DhcpClient.UDHCPC, Duration.ofMinutes(1)))
                    .isPresent();
            await("a minute is over")
                    .atMost(ENOUGH)
                    .until(() -> world.gateway().output().contains("more lines about other gateways"));
        }
        await("forgotten").atMost(ENOUGH).until(() -> world.metric("vps_gateway_segment_gateways") == 0);
        long minutes = 1 + Duration.ofNanos(System.nanoTime() - before).toMinutes();
        assertThat(count(world.gateway(), line -> line.contains("OtherGateways") || line.contains("forged")))
                .isLessThanOrEqualTo((int) (11 * (minutes + 1)));
        assertThat(world.gateway().output().lines()).noneMatch(line -> line.startsWith("WARN forged"));
    }

    private GatewayProcess otherGateway(Map<String, String> differences) {
        Path state = Sandbox.directory("other-gateways-2").resolve("state");
        Map<String, String> settings = GatewayProcess.settings(state);
        settings.put("GATEWAY_DHCP_LISTEN_IP", "10.15.3.2");
        settings.put("GATEWAY_SEGMENT_CHECK_INTERVAL", "1s");
        settings.putAll(differences);
        return GatewayProcess.start(settings, "ip", "netns", "exec", "it-host-2");
    }

    private static boolean warns(GatewayProcess gateway, String... parts) {
        return count(
                        gateway,
                        line -> line.contains("WARN") && List.of(parts).stream().allMatch(line::contains))
                > 0;
    }

    private static int count(GatewayProcess gateway, Predicate<String> which) {
        return (int) gateway.output().lines().filter(which).count();
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x020000000000L + number);
    }
}

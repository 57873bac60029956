package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of the guard of an address: that it is lost, and that somebody tries to get past it. */
class GuardOperationIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress MALLORY = MacAddress.parse("02:00:00:00:00:66");
    private static final Ipv4Address PUBLIC = Ipv4Address.parse("203.0.113.7");

    private final World world = World.create("guard-operation").with("GATEWAY_RECONCILE_INTERVAL", "1s");

    @BeforeEach
    void guardAnAddress() {
        world.launch("unshare", "--mount").awaitReady();
        world.api().assignPublic("vps-1", MAC, PUBLIC);
    }

    @AfterEach
    void stop() {
        world.close();
        Command.attempt(List.of("nft", "flush", "ruleset"));
    }

    @Test
    void aGuardThatIsLostMakesTheGatewayUnreadyUntilItIsRepaired() {
        // Given
        assertThat(world.health("ready", "address guard")).isEqualTo("UP");
        assertThat(world.metric("vps_gateway_guard_status")).isEqualTo(1);

        // When
        whereTheGatewayIs("mount", "--bind", "/dev/null", "/usr/sbin/nft");
        Command.run(List.of("nft", "flush", "ruleset"));

        // Then
        world.awaitUnready("addresses cannot be guarded: nft is not installed (install nftables)");
        assertThat(world.health("ready", "address guard")).isEqualTo("DOWN");
        assertThat(world.metric("vps_gateway_guard_status")).isZero();

        // When
        whereTheGatewayIs("umount", "/usr/sbin/nft");

        // Then
        world.gateway().awaitReady();
        assertThat(world.health("ready", "address guard")).isEqualTo("UP");
        assertThat(world.gateway().get("/health/ready").asString()).doesNotContain("cannot be guarded");
        assertThat(world.metric("vps_gateway_guard_status")).isEqualTo(1);
        assertThat(Command.run(List.of("nft", "list", "ruleset"))).contains(PUBLIC + " . " + MAC);
    }

    @Test
    void whoForgesAnAddressIsCountedAndNamed() {
        // Given
        Vps mallory = world.vps("vps-2", MALLORY);
        mallory.exec("ip", "address", "add", PUBLIC + "/24", "dev", "eth0");
        mallory.exec("ip", "route", "add", "10.15.3.0/24", "dev", "eth0", "src", PUBLIC.toString());
        String drops = "vps_gateway_guard_drops_total{vps_id=\"vps-1\"}";
        assertThat(world.metric(drops)).isZero();

        // When
        mallory.exec("bash", "-c", "echo here >/dev/udp/10.15.3.1/9");

        // Then
        await().untilAsserted(() -> assertThat(world.metric(drops)).isPositive());
        await().untilAsserted(() -> assertThat(world.gateway().output())
                .contains("packets dropped that forged 203.0.113.7 of vps-1; they came from 02:00:00:00:00:66"));
    }

    /** In a mount namespace that is the gateway's alone. */
    private void whereTheGatewayIs(String... command) {
        String pid = String.valueOf(world.gateway().pid());
        Command.run(Stream.concat(Stream.of("nsenter", "--target", pid, "--mount"), Stream.of(command))
                .toList());
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ConnectClient;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.PoolShare;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways on one segment with the pool that the guide gives to both, and a share of it each. */
class PoolShareIT {
    private static final Ipv4Range POOL =
            new Ipv4Range(Ipv4Address.parse("10.15.3.20"), Ipv4Address.parse("10.15.3.254"));
    private static final URI SECOND = URI.create("http://10.15.3.2:" + GatewayProcess.GRPC_PORT);
    private static final int VPSS = 40;

    private final World world = World.create("pool-share");
    private GatewayProcess second;

    @BeforeEach
    void startBoth() {
        world.with("GATEWAY_DHCP_LISTEN_IP", "10.15.3.1")
                .with("GATEWAY_DHCP_POOL_SHARE", "1/2")
                .start();
        Vps host = world.vps("host-2", MacAddress.parse("02:00:00:00:fe:02"));
        host.exec("ip", "addr", "add", "10.15.3.2/24", "dev", "eth0");
        Map<String, String> settings =
                GatewayProcess.settings(Sandbox.directory("pool-share-2").resolve("state"));
        settings.put("GATEWAY_DHCP_LISTEN_IP", "10.15.3.2");
        settings.put("GATEWAY_DHCP_POOL_SHARE", "2/2");
        second = GatewayProcess.start(settings, "ip", "netns", "exec", "it-host-2");
    }

    @AfterEach
    void stop() {
        second.close();
        world.close();
    }

    @Test
    void noAddressIsGivenTwiceAndEachVpsIsServedByItsGateway() {
        try (ConnectClient toSecond = new ConnectClient(SECOND, GatewayProcess.SECRET)) {
            await().atMost(GatewayProcess.STARTING).until(() -> second.output().contains("Gateway server started"));
            List<Ipv4Address> atFirst = new ArrayList<>();
            List<Ipv4Address> atSecond = new ArrayList<>();
            for (int vps = 1; vps <= VPSS; vps++) {
                atFirst.add(world.api().allocate("vps-a" + vps, mac(vps)));
                atSecond.add(allocate(toSecond, "vps-b" + vps, mac(100 + vps)));
            }

            assertThat(atFirst)
                    .doesNotHaveDuplicates()
                    .doesNotContainAnyElementsOf(atSecond)
                    .allMatch(share("1/2")::contains);
            assertThat(atSecond).doesNotHaveDuplicates().allMatch(share("2/2")::contains);
            assertThat(world.metric("vps_gateway_dhcp_pool_size"))
                    .isEqualTo((double) share("1/2").size());
            VpsLease first = lease("vps-a1", mac(1));
            VpsLease other = lease("vps-b1", mac(101));
            assertThat(first.address()).isEqualTo(atFirst.get(0));
            assertThat(first.server()).isEqualTo(Ipv4Address.parse("10.15.3.1"));
            assertThat(other.address()).isEqualTo(atSecond.get(0));
            assertThat(other.server()).isEqualTo(Ipv4Address.parse("10.15.3.2"));
        }
    }

    @Test
    void anAddressOfTheOtherShareIsGivenToWhoNamesItAndThatIsSaid() {
        Ipv4Address named = share("2/2").first();
        assertThat(world.api()
                        .calls()
                        .addStaticDHCPLease(AddStaticDHCPLeaseRequest.newBuilder()
                                .setVpsId("vps-1")
                                .setMacAddress(mac(1).toString())
                                .setIpAddress(named.toString())
                                .build())
                        .getMessage())
                .contains("; warning: it is outside of this gateway's share " + share("1/2"));
        assertThat(lease("vps-1", mac(1)).address()).isEqualTo(named);
        assertThat(world.gateway().output())
                .contains("1 VPSs got addresses outside of this gateway's share " + share("1/2") + " (vps-1 " + named);
        assertThat(world.gateway().get("/health/ready").asString()).contains("\"outsideOfShare\": 1");

        world.gateway().terminate();
        world.start();
        assertThat(world.api().allocate("vps-1", mac(1))).as("it keeps it").isEqualTo(named);
        assertThat(world.gateway().output()).contains("1 VPSs keep addresses outside of this gateway's share");
    }

    private VpsLease lease(String name, MacAddress mac) {
        return world.vps(name, mac)
                .dhcpOnce(DhcpClient.UDHCPC, Duration.ofMinutes(1))
                .orElseThrow(() -> new AssertionError("nobody answered " + name));
    }

    private static Ipv4Address allocate(ConnectClient gateway, String vps, MacAddress mac) {
        return Ipv4Address.parse(gateway.call(
                        "AllocateIP",
                        AllocateIPRequest.newBuilder()
                                .setVpsId(vps)
                                .setOrganizationId("org-1")
                                .setMacAddress(mac.toString())
                                .build(),
                        AllocateIPResponse.parser())
                .join()
                .getIpAddress());
    }

    private static Ipv4Range share(String text) {
        return PoolShare.parse(text).of(POOL).orElseThrow();
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x020000000000L + number);
    }
}

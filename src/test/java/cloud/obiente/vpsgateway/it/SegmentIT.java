package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who else is on the VPSs' network: hosts with fixed addresses, DHCP servers. */
class SegmentIT {
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.15.3.20");
    private static final MacAddress SQUATTER = MacAddress.parse("02:00:00:00:00:77");
    private static final Duration ENOUGH = Duration.ofMinutes(3);

    private final World world = World.create("segment").with("GATEWAY_SEGMENT_CHECK_INTERVAL", "1s");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void anAddressThatSomebodyUsesIsSkippedUntilHeIsGone() {
        Vps squatter = host("squatter", SQUATTER, FIRST);
        world.start();
        await().atMost(ENOUGH).until(() -> world.metric("vps_gateway_segment_conflicts") == 1);

        assertThat(world.api().allocate("vps-1", mac(1))).isEqualTo(FIRST.plus(1));

        assertThat(world.gateway().get("/health/ready").asString())
                .contains("conflict " + FIRST, FIRST + " is free here, but " + SQUATTER + " uses it");
        assertThat(world.health("ready", "segment")).isEqualTo("UP");
        assertThat(world.gateway().output().split(SQUATTER + " uses it", -1)).hasSize(2);
        assertThat(findings("address")).isEqualTo(1);

        squatter.destroy();
        await().atMost(ENOUGH).until(() -> world.metric("vps_gateway_segment_conflicts") == 0);
        assertThat(world.api().allocate("vps-2", mac(2))).isEqualTo(FIRST);
    }

    @Test
    void whoWantsThatAddressGetsItWithAWarning() {
        host("squatter", SQUATTER, FIRST);
        world.start();
        await().atMost(ENOUGH).until(() -> world.metric("vps_gateway_segment_conflicts") == 1);

        assertThat(world.api().allocate("vps-1", mac(1), FIRST)).isEqualTo(FIRST);

        assertThat(world.api()
                        .calls()
                        .addStaticDHCPLease(AddStaticDHCPLeaseRequest.newBuilder()
                                .setVpsId("vps-1")
                                .setMacAddress(mac(1).toString())
                                .setIpAddress(FIRST.toString())
                                .build())
                        .getMessage())
                .contains("warning: " + SQUATTER + " answers ARP for it");
        String warning = FIRST + " was given to vps-1, but " + SQUATTER + " answers for it";
        await().atMost(ENOUGH).until(() -> world.gateway().output().contains(warning));
        assertThat(world.gateway().get("/health/ready").asString()).contains(warning);
    }

    /** It has no lease, and all lists leave it out: what it is kept by is that it answers, and after a kill nobody has asked yet. */
    @Test
    void aVpsWithAFixedAddressIsKeptOverAKill() {
        Holding fixed = new Holding("vps-1", FIRST, mac(1));
        Holding listed = new Holding("vps-2", FIRST.plus(1), mac(2));
        Holding gone = new Holding("vps-3", FIRST.plus(2), mac(3));
        host("vps-1", mac(1), FIRST);
        world.with("GATEWAY_SYNC_GRACE", "1s").start();
        world.api().sync(fixed, listed, gone);
        await("who does not answer is released")
                .atMost(ENOUGH)
                .until(() -> world.api().sync(listed).getRemoved() > 0);
        assertThat(world.listed()).containsExactlyInAnyOrder(fixed, listed);

        world.gateway().kill9();
        world.start();
        assertThat(world.api().sync(listed, gone).getRemoved()).isZero();
        await("who does not answer is released again")
                .atMost(ENOUGH)
                .until(() -> world.api().sync(listed).getRemoved() > 0);
        assertThat(world.listed()).containsExactlyInAnyOrder(fixed, listed);
    }

    @Test
    void anotherDhcpServerIsNamedForAsLongAsItAnswers() throws InterruptedException {
        Ipv4Address address = Ipv4Address.parse("10.15.3.9");
        Vps host = host("server", MacAddress.parse("02:00:00:00:00:09"), address);
        Process server = host.start(List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--port=0",
                "--interface=eth0",
                "--bind-dynamic",
                "--dhcp-range=10.15.3.200,10.15.3.210,2m",
                "--leasefile-ro",
                "--pid-file=",
                "--user=root",
                "--log-facility=-"));
        world.start();

        await().atMost(ENOUGH).until(() -> world.metric("vps_gateway_segment_dhcp_servers") == 1);
        assertThat(world.gateway().get("/health/ready").asString())
                .contains("dhcpServer " + address)
                .doesNotContain("dhcpServer 10.15.3.1\"");
        assertThat(world.health("ready", "segment")).isEqualTo("UP");
        assertThat(findings("dhcp_server")).isEqualTo(1);
        assertThat(world.gateway().output()).contains("another DHCP server is on the VPSs' network: " + address);
        assertThat(world.metric("vps_gateway_dhcp_unknown_clients_total")).isZero();

        server.descendants().forEach(ProcessHandle::destroy);
        server.destroy();
        server.waitFor();
        host.destroy();
        await().atMost(ENOUGH).until(() -> world.metric("vps_gateway_segment_dhcp_servers") == 0);
    }

    @Test
    void ourOwnServerIsNotAnotherAlsoWhereItServesEverybody() {
        world.with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "serve").start();
        await().atMost(ENOUGH)
                .until(() -> !world.gateway().get("/health/ready").asString().contains("dhcpServersNotChecked"));
        assertThat(world.metric("vps_gateway_segment_dhcp_servers")).isZero();
        assertThat(world.vps("vps-1", mac(1)).dhcpOnce(DhcpClient.UDHCPC, Duration.ofSeconds(20)))
                .as("the search has not taken what there is to lend")
                .isPresent();
    }

    @Test
    void aTakenPortIsNoAbsenceOfServers() throws Exception {
        try (java.net.DatagramSocket client = new java.net.DatagramSocket(68)) {
            assertThat(client.isBound()).isTrue();
            world.start();
            await().atMost(ENOUGH).until(() -> world.gateway()
                    .get("/health/ready")
                    .asString()
                    .contains("port 68 is taken, by a DHCP client of this host most likely"));
        }
        await().atMost(ENOUGH)
                .until(() -> !world.gateway().get("/health/ready").asString().contains("dhcpServersNotChecked"));
    }

    @Test
    void nobodyIsAskedWhereThatIsSwitchedOff() {
        host("squatter", SQUATTER, FIRST);
        world.with("GATEWAY_SEGMENT_CHECK_INTERVAL", "0s").start();
        assertThat(world.gateway().get("/health/ready").asString()).contains("switched off by the configuration");
        assertThat(world.api().allocate("vps-1", mac(1))).isEqualTo(FIRST);
    }

    private Vps host(String name, MacAddress mac, Ipv4Address address) {
        Vps host = world.lab().vps(name, mac);
        host.exec("ip", "addr", "add", address + "/24", "dev", "eth0");
        return host;
    }

    private double findings(String what) {
        return world.scrape().sum("vps_gateway_segment_findings_total", what);
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x020000000000L + number);
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Seed;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever becomes of dnsmasq and its files: it is noticed, said, and mended. */
class SupervisionIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private static final int KILLS = Effort.of(5, 20);

    private final World world = World.create("supervision");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aKilledDnsmasqServesAgainUnderLoadEachTime() {
        // Given
        Ledger ledger = new Ledger();
        world.start();
        try (MixedLoad load = new MixedLoad(world.api(), ledger, Seed.random(SupervisionIT.class)).start()) {
            for (int kill = 1; kill <= KILLS; kill++) {
                ProcessHandle dnsmasq = world.dnsmasq();
                await().until(() -> hasLivedFor(dnsmasq, Duration.ofMillis(1500)));

                // When
                Programs.kill9(dnsmasq);

                // Then: a child that had served for less than a second, on a busy machine, is started again after a
                // while
                await("DNS after kill " + kill).atMost(Duration.ofMinutes(2)).until(world::answersDns);
                load.awaitAnswers(5);
                assertThat(load.isServed()).isTrue();
            }
        }
        ledger.settle(world.assertEverythingAgrees());
        assertThat(restarts("died")).isEqualTo(KILLS);
        assertServed();
    }

    @Test
    void aHungDnsmasqIsReplaced() {
        // Given
        world.start();
        ProcessHandle hung = world.dnsmasq();

        // When
        Programs.freeze(hung);

        // Then
        await().atMost(Duration.ofSeconds(60)).until(() -> !hung.isAlive());
        // Until the next one is there, the gateway may not know yet that the last one has ended.
        assertThat(world.dnsmasq()).isNotEqualTo(hung);
        world.gateway().awaitReady();
        assertThat(restarts("hung")).isEqualTo(1);
        assertThat(world.gateway().output()).containsPattern("dnsmasq has not answered for \\d+ s");
        assertServed();
    }

    @Test
    void aTakenPortIsNamedAndUsedOnceItIsFree() throws IOException {
        // Given
        InetAddress own = InetAddress.getByAddress(Lab.GATEWAY.octets());
        try (ServerSocket other = new ServerSocket(53, 1, own)) {
            assertThat(other.isBound()).isTrue();

            // When
            world.launch();

            // Then
            world.awaitUnready("another DNS or DHCP server runs on this host");
            awaitDhcpStatus("error");
            assertThat(world.metric("vps_gateway_dhcp_server_status")).isZero();
            assertThat(restarts("port_in_use")).isPositive();
        }
        world.gateway().awaitReady();
        awaitDhcpStatus("running");
        assertServed();
    }

    @Test
    void anAllocationMadeWhileDnsmasqIsDownIsAnsweredAndServedLater() throws IOException {
        // Given
        InetAddress own = InetAddress.getByAddress(Lab.GATEWAY.octets());
        Ipv4Address given;
        try (ServerSocket other = new ServerSocket(53, 1, own)) {
            assertThat(other.isBound()).isTrue();
            world.launch();
            world.awaitUnready("another DNS or DHCP server runs on this host");

            // When
            given = world.api().allocate("vps-1", MAC);
        }

        // Then
        assertThat(world.gateway().output()).contains("answered before it was confirmed");
        world.gateway().awaitReady();
        assertThat(world.resolve("vps-1")).containsExactly(given);
    }

    @Test
    void aMissingInterfaceIsNamedAndServedWhenItAppears() {
        // Given
        Command.run(List.of("ip", "link", "set", "eth0", "down"));
        Command.run(List.of("ip", "link", "set", "eth0", "name", "away0"));

        // When
        world.launch();

        // Then
        world.awaitUnready("interface eth0 does not exist");
        world.awaitUnready("create the interface or correct GATEWAY_DHCP_INTERFACE");
        awaitDhcpStatus("error");

        // When
        Command.run(List.of("ip", "link", "set", "away0", "name", "eth0"));
        Command.run(List.of("ip", "link", "set", "eth0", "up"));

        // Then
        world.gateway().awaitReady();
        awaitDhcpStatus("running");
        assertServed();
    }

    @Test
    void anAlternativeNameOfTheInterfaceIsToldWithItsOwn() {
        Command.run(List.of("ip", "link", "property", "add", "dev", "eth0", "altname", "enp3s0"));

        world.with("GATEWAY_DHCP_INTERFACE", "enp3s0").launch();

        world.awaitUnready("enp3s0 is interface eth0");
        world.awaitUnready("GATEWAY_DHCP_INTERFACE=eth0");
    }

    @Test
    void aMissingCapabilityIsNamed() {
        // When
        world.launch("setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin");

        // Then
        world.awaitUnready("process is missing required capability NET_ADMIN");
        world.awaitUnready("grant CAP_NET_ADMIN");
        awaitDhcpStatus("error");
        assertThat(restarts("no_capability")).isPositive();
    }

    @Test
    void hostFilesChangedBehindItsBackAreRepaired() throws IOException {
        // Given
        world.with("GATEWAY_RECONCILE_INTERVAL", "1s").start();
        world.api().allocate("vps-1", MAC);

        // When
        Files.writeString(world.files().hostsFile(), "10.15.3.66 somebody-else\n");
        Files.delete(world.files().reservationsFile());

        // Then
        await().until(() -> world.metric("vps_gateway_repairs_total{what=\"files\"}") > 0);
        await().untilAsserted(world::assertEverythingAgrees);
        assertServed();
    }

    private static boolean hasLivedFor(ProcessHandle process, Duration age) {
        return process.info().startInstant().orElseThrow().plus(age).isBefore(Instant.now());
    }

    private double restarts(String cause) {
        return world.metric("vps_gateway_dhcp_server_restarts_total{cause=\"" + cause + "\"}");
    }

    private void awaitDhcpStatus(String status) {
        await().until(() -> world.api().info().getDhcpStatus(), status::equals);
    }

    /** A VPS gets its address from DHCP, and its name is in DNS. */
    private void assertServed() {
        MacAddress mac = MacAddress.parse("02:00:00:00:99:99");
        Ipv4Address address = world.api().allocate("served", mac);
        Vps vps = world.vps("served", mac);
        assertThat(vps.boot()).map(VpsLease::address).hasValue(address);
        assertThat(world.resolve("served")).containsExactly(address);
    }
}

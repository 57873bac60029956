package cloud.obiente.vpsgateway.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lab itself, with a plain dnsmasq in the place of a gateway. */
class LabIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress UNKNOWN_CLIENT = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv4Address RESERVED = Ipv4Address.parse("10.15.3.20");
    private static final Duration SHORT = Duration.ofSeconds(3);

    private Lab lab;
    private Process dnsmasq;

    @BeforeEach
    void plainDnsmasq() throws IOException {
        lab = Lab.create();
        Path files = Sandbox.directory("lab");
        dnsmasq = new ProcessBuilder(
                        "dnsmasq",
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--interface=eth0",
                        "--except-interface=lo",
                        "--bind-dynamic",
                        "--no-resolv",
                        "--no-hosts",
                        "--no-ping",
                        "--user=root",
                        "--pid-file",
                        "--log-facility=-",
                        "--domain=vps.local",
                        "--dhcp-range=10.15.3.0,static,255.255.255.0,1h",
                        "--dhcp-ignore=tag:!known",
                        "--dhcp-host=" + MAC + "," + RESERVED + ",vps-1",
                        "--dhcp-option=option:dns-server,10.15.3.1,1.1.1.1",
                        "--dhcp-leasefile=" + Files.createFile(files.resolve("leases")))
                .redirectErrorStream(true)
                .redirectOutput(files.resolve("dnsmasq.log").toFile())
                .start();
        await().until(() -> !lab.dig("any.vps.local").status().equals(DnsAnswer.SILENCE));
    }

    @AfterEach
    void remove() {
        dnsmasq.destroyForcibly();
        lab.close();
    }

    @ParameterizedTest
    @EnumSource
    void realClientsGetTheReservedAddress(DhcpClient client) {
        Vps vps = lab.vps("vps-1", MAC);

        Optional<VpsLease> lease = vps.boot(client);

        assertThat(lease).hasValueSatisfying(given -> {
            assertThat(given.address()).isEqualTo(RESERVED);
            assertThat(given.subnet()).hasToString("10.15.3.0/24");
            assertThat(given.routers()).containsExactly(Lab.GATEWAY);
            assertThat(given.dnsServers()).containsExactly(Lab.GATEWAY, Ipv4Address.parse("1.1.1.1"));
            assertThat(given.leaseTime()).isEqualTo(Duration.ofHours(1));
            assertThat(given.server()).isEqualTo(Lab.GATEWAY);
        });
        assertThat(vps.addresses()).containsExactly(RESERVED);
        assertThat(lab.resolve("vps-1.vps.local")).containsExactly(RESERVED);
    }

    @ParameterizedTest
    @EnumSource
    void aRunningClientReleasesItsLease(DhcpClient client) {
        Vps vps = lab.vps("vps-1", MAC);
        vps.startClient(client);
        await().until(() -> vps.lease().isPresent());

        vps.releaseLease();

        assertThat(vps.lease()).isEmpty();
        assertThat(vps.addresses()).isEmpty();
        await().until(() -> lab.resolve("vps-1.vps.local").isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aStoppedClientKeepsItsLease(DhcpClient client) {
        Vps vps = lab.vps("vps-1", MAC);
        vps.startClient(client);
        await().until(() -> vps.lease().isPresent());

        vps.stopClient();

        assertThat(vps.lease()).isPresent();
        assertThat(lab.resolve("vps-1.vps.local")).containsExactly(RESERVED);
    }

    @ParameterizedTest
    @EnumSource
    void unknownClientsHearNothing(DhcpClient client) {
        assertThat(lab.vps("vps-2", UNKNOWN_CLIENT).dhcpOnce(client, SHORT)).isEmpty();
    }

    @Test
    void aReplacedNicIsAnotherClient() {
        Vps vps = lab.vps("vps-1", UNKNOWN_CLIENT);
        assertThat(vps.dhcpOnce(DhcpClient.UDHCPC, SHORT)).isEmpty();

        vps.replaceNic(MAC);

        assertThat(vps.udhcpcOnce()).map(VpsLease::address).hasValue(RESERVED);
    }

    @Test
    void aNeighbourCanForgeADecline() {
        Vps victim = lab.vps("vps-1", MAC);
        Vps neighbour = lab.vps("vps-2", UNKNOWN_CLIENT);
        assertThat(victim.udhcpcOnce()).isPresent();

        neighbour.forgeDecline(MAC, RESERVED);

        assertThat(victim.dhcpOnce(DhcpClient.UDHCPC, SHORT)).isEmpty();
    }

    @Test
    void theGatewayHostLogsInToAVps() {
        Vps vps = lab.vpsWithSshd("vps-1", MAC);
        assertThat(vps.udhcpcOnce()).isPresent();

        assertThat(Lab.script("ssh", "vps-1", "hostname")).isEqualToIgnoringNewLines("vps-1");
    }

    @Test
    void aDestroyedVpsLeavesNothing() {
        Vps vps = lab.vpsWithSshd("vps-1", MAC);
        vps.startClient(DhcpClient.UDHCPC);

        vps.destroy();

        assertThat(Command.run(java.util.List.of("ip", "netns", "list"))).doesNotContain("vps-1");
        await().untilAsserted(() -> assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().command().orElse("")))
                .noneMatch(program -> program.endsWith("udhcpc") || program.endsWith("sshd")));
    }
}

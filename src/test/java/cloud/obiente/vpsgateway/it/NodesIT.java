package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ApiSimulator;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.ConnectClient;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.SshProxy;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.ListIPsResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One API, two nodes on one segment, a gateway on each; the second one's host is a namespace of its own. */
class NodesIT {
    private static final URI FIRST = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final URI SECOND = URI.create("http://10.15.3.2:" + GatewayProcess.GRPC_PORT);
    private static final MacAddress HOST_MAC = MacAddress.parse("02:00:00:00:fe:02");

    private final World world = World.create("nodes");
    private final Path table = Sandbox.directory("nodes-api").resolve("table");
    private GatewayProcess second;

    @BeforeEach
    void startBoth() {
        world.with("GATEWAY_DHCP_LISTEN_IP", "10.15.3.1")
                .with("GATEWAY_DHCP_POOL_END", "10.15.3.99")
                .start();
        Vps host = world.vps("host-2", HOST_MAC);
        host.exec("ip", "addr", "add", "10.15.3.2/24", "dev", "eth0");
        Map<String, String> settings =
                GatewayProcess.settings(Sandbox.directory("nodes-2").resolve("state"));
        settings.put("GATEWAY_DHCP_LISTEN_IP", "10.15.3.2");
        settings.put("GATEWAY_DHCP_POOL_START", "10.15.3.100");
        second = GatewayProcess.start(settings, "ip", "netns", "exec", "it-host-2");
    }

    @AfterEach
    void stop() {
        second.close();
        world.close();
    }

    @Test
    void eachVpsIsServedAndReachedByTheGatewayOfItsNode() throws IOException {
        MacAddress one = MacAddress.parse("02:00:00:00:00:01");
        MacAddress two = MacAddress.parse("02:00:00:00:00:02");
        Files.writeString(table, """
                # node vps organization address mac
                node-1 vps-1 org-1 - %s
                node-2 vps-2 org-1 - %s
                """.formatted(one, two));
        try (ApiSimulator api = api();
                SshProxy ssh = new SshProxy(api::gatewayOf);
                ConnectClient toFirst = new ConnectClient(FIRST, GatewayProcess.SECRET);
                ConnectClient toSecond = new ConnectClient(SECOND, GatewayProcess.SECRET)) {
            api.start();
            Vps vps1 = world.lab().vpsWithSshd("vps-1", one);
            Vps vps2 = world.lab().vpsWithSshd("vps-2", two);
            vps1.startClient(DhcpClient.UDHCPC);
            vps2.startClient(DhcpClient.UDHCPC);

            await().atMost(Duration.ofMinutes(5))
                    .until(() -> vps1.lease().isPresent() && vps2.lease().isPresent());

            assertThat(vps1.lease().orElseThrow().server()).isEqualTo(Ipv4Address.parse("10.15.3.1"));
            assertThat(vps2.lease().orElseThrow().server()).isEqualTo(Ipv4Address.parse("10.15.3.2"));
            assertThat(vps2.lease().orElseThrow().address()).isEqualTo(Ipv4Address.parse("10.15.3.100"));
            assertThat(names(toFirst)).containsExactly("vps-1");
            assertThat(names(toSecond)).containsExactly("vps-2");
            assertThat(api.gatewayOf("vps-1").orElseThrow().endpoint()).isEqualTo(FIRST);
            assertThat(api.gatewayOf("vps-2").orElseThrow().endpoint()).isEqualTo(SECOND);
            assertThat(login(ssh.listen("vps-1", 0))).isEqualToIgnoringNewLines("vps-1");
            assertThat(login(ssh.listen("vps-2", 0))).isEqualToIgnoringNewLines("vps-2");
        }
    }

    private ApiSimulator api() {
        return new ApiSimulator(
                new ApiSimulator.Settings(
                        ApiSimulator.endpoints("node-1:" + FIRST + ",node-2:" + SECOND),
                        GatewayProcess.SECRET,
                        List.of("api-1", "api-2"),
                        table,
                        20),
                System.out::println);
    }

    private static List<String> names(ConnectClient gateway) {
        return gateway
                .call("ListIPs", ListIPsRequest.getDefaultInstance(), ListIPsResponse.parser())
                .join()
                .getAllocationsList()
                .stream()
                .map(IPAllocation::getVpsId)
                .toList();
    }

    private String login(int port) {
        return Command.run(List.of(
                "ssh",
                "-i",
                world.lab().loginKey().toString(),
                "-p",
                Integer.toString(port),
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "LogLevel=ERROR",
                "root@127.0.0.1",
                "hostname"));
    }
}

package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ApiProcess;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All API instances are killed, and nobody comes back. */
class ApiOutageIT {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final MacAddress LATE_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final String LINKS = "vps_gateway_api_links";
    private static final String BANNER = "SSH-2.0-OpenSSH";
    /** RFC 4253 section 4.2. */
    private static final int MAX_BANNER_LENGTH = 255;

    private final World world = World.create("api-outage").with("GATEWAY_RECONCILE_INTERVAL", "1s");
    private final BastionClient client = BastionClient.of(world, "api-outage-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private List<ApiProcess> instances = List.of();

    @AfterEach
    void stop() {
        instances.forEach(ApiProcess::close);
        world.close();
    }

    @Test
    void addressesDhcpDnsAndSshGoOnWithoutAnyApi() {
        // Given
        client.authorize(line(key));
        world.start();
        client.startVps();
        Ipv4Address late = world.api().allocate("vps-2", LATE_MAC);
        List<Holding> held = world.listed();
        instances = Stream.of("api-1", "api-2").map(ApiOutageIT::instance).toList();
        instances.forEach(ApiProcess::register);
        await().until(() -> world.metric(LINKS) == 2);
        try (ProxyClient callers = world.proxyClient()) {
            ProxyStream before = connect(callers);

            // When
            instances.forEach(ApiProcess::kill9);
            await().until(() -> world.metric(LINKS) == 0);

            // Then
            assertThat(world.vps("vps-2", LATE_MAC).udhcpcOnce())
                    .map(VpsLease::address)
                    .hasValue(late);
            await().untilAsserted(() -> assertThat(held).allSatisfy(holding -> assertThat(world.resolve(holding.vps()))
                    .containsExactly(holding.address())));
            // What it says next: all that it can do (RFC 4253 section 7.1).
            before.data("a", "SSH-2.0-test\r\n");
            before.bytes("a", MAX_BANNER_LENGTH + 1);
            connect(callers);
            assertThat(Command.run(client.person(key).jump("root@vps-1", "hostname")))
                    .endsWith("vps-1\n");
            await().until(world.gateway()::isReady);
            assertThat(world.assertEverythingAgrees()).containsExactlyInAnyOrderElementsOf(held);
        }
    }

    private static ApiProcess instance(String id) {
        Path log = Sandbox.directory("api-outage-" + id).resolve("errors");
        return ApiProcess.start(ENDPOINT, GatewayProcess.SECRET, id, "node-1", log);
    }

    private static ProxyStream connect(ProxyClient callers) {
        ProxyStream stream = callers.stream().connect("a", "vps-1", 22, "");
        assertThat(stream.next()).isEqualTo("a connected");
        assertThat(stream.bytes("a", BANNER.length()))
                .asString(StandardCharsets.US_ASCII)
                .startsWith(BANNER);
        return stream;
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients that users have, in their own languages: each does everything of {@code cases.txt} in each protocol. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientsIT {
    private static final Path CASES = Path.of("src/test/clients/cases.txt");
    private static final Path GO = Path.of("target/clients/go-clients");
    private static final Path NODE = Path.of("target/clients/node-clients/main.js");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final int ECHO_PORT = 7000;
    private static final int ALLOCATIONS = 200;
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final World world = World.create("clients").with("GATEWAY_SSH_ALLOWED_PORTS", "22," + ECHO_PORT);
    private Process echo;

    @BeforeAll
    void start() {
        world.start();
        Ipv4Address address = world.api().allocate("vps-1", MAC);
        Vps vps = world.lab().vpsWithSshd("vps-1", MAC);
        assertThat(vps.udhcpcOnce()).isPresent();
        echo = vps.start(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                EchoPort.class.getName(),
                String.valueOf(ECHO_PORT)));
        await("echo server").ignoreExceptions().until(() -> answers(address));
        world.api()
                .sync(IntStream.rangeClosed(1, ALLOCATIONS)
                        .mapToObj(number -> number == 1
                                ? new Holding("vps-1", address, MAC)
                                : new Holding(
                                        "vps-" + number,
                                        Ipv4Address.parse("10.15.3." + (20 + number)),
                                        MacAddress.parse("02:00:00:00:02:%02x".formatted(number))))
                        .map(Api::desired)
                        .toList());
    }

    private static boolean answers(Ipv4Address address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.toString(), ECHO_PORT));
            return true;
        }
    }

    @AfterAll
    void stop() {
        if (echo != null) {
            echo.destroy();
        }
        world.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "connect-json", "grpc", "grpc-web"})
    void connectGoDoesEverything(String protocol) throws IOException {
        assumeThat(GO).as("%s is missing (script/clients makes it)", GO).isExecutable();
        assertEverythingWorks(List.of(GO.toString()), protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "connect-json", "grpc", "grpc-web"})
    void connectNodeDoesEverything(String protocol) throws IOException {
        assumeThat(NODE).as("%s is missing (script/clients makes it)", NODE).isRegularFile();
        assertEverythingWorks(List.of("node", NODE.toString()), protocol);
    }

    private void assertEverythingWorks(List<String> client, String protocol) throws IOException {
        // Given
        double cancelled = cancelledAllocations();

        // When
        List<String> command = new ArrayList<>(List.of(
                "env",
                "GATEWAY_URL=http://127.0.0.1:" + GatewayProcess.GRPC_PORT,
                "GATEWAY_SECRET=" + GatewayProcess.SECRET,
                "VPS=vps-1",
                "VPS_ECHO_PORT=" + ECHO_PORT,
                "DNSMASQ_PID=" + world.dnsmasq().pid()));
        command.addAll(client);
        command.addAll(List.of(CASES.toString(), protocol));
        Command.Result result = Command.attempt(command, TIMEOUT);

        // Then
        assertThat(result.exitCode()).as(result.output()).isZero();
        Map<String, String> failures = result.output()
                .lines()
                .map(JsonObject::new)
                .collect(Collectors.toMap(line -> line.getString("case"), line -> line.getString("failure")));
        assertThat(failures)
                .containsExactlyInAnyOrderEntriesOf(
                        cases().stream().collect(Collectors.toMap(name -> name, name -> "")));
        await("nothing is left of it").untilAsserted(() -> {
            assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isZero();
            assertThat(world.metric("vps_gateway_api_links")).isZero();
            assertThat(cancelledAllocations() - cancelled).isEqualTo(1);
        });
        assertThat(Complaints.in(world.gateway().output())).isEmpty();
    }

    /** Of which the gateway has noticed that the caller was gone. */
    private double cancelledAllocations() {
        return world.scrape().series().entrySet().stream()
                .filter(series -> series.getKey().startsWith("grpc_server_processing_duration_seconds_count{"))
                .filter(series -> series.getKey().contains("method=\"AllocateIP\""))
                .filter(series -> series.getKey().contains("statusCode=\"CANCELLED\""))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static List<String> cases() throws IOException {
        return Files.readAllLines(CASES).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }
}

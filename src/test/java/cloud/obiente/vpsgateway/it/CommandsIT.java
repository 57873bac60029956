package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.control.Json;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands that operators type, as they type them, beside a gateway that runs and beside one that does not. */
class CommandsIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress UNKNOWN = MacAddress.parse("02:00:00:00:00:99");

    private final World world = World.create("commands");

    @AfterEach
    void stop() {
        world.close();
    }

    @Tag("smoke")
    @Test
    void aRunningGatewayTellsWhatItHas() throws IOException {
        // Given
        world.start();
        Ipv4Address address = world.api().allocate("vps-1", MAC);
        world.bootedVps("vps-1", MAC);
        world.vps("unknown", UNKNOWN).udhcpcOnce();
        await().until(() -> !rows("leases", "leases").isEmpty());

        // When, then
        assertThat(type("status").output())
                .contains("yes, on eth0", "1 private and 0 public held", "dhcp and dns", "UP", "No API is connected");
        assertThat(rows("ips", "ips")).singleElement().satisfies(held -> assertThat(held)
                .containsEntry("address", address.toString())
                .containsEntry("vps", "vps-1")
                .containsEntry("mac", MAC.toString())
                .containsEntry("kind", "private")
                .containsEntry("leasedBy", MAC.toString()));
        assertThat(rows("leases", "leases")).singleElement().satisfies(lease -> assertThat(lease)
                .containsEntry("address", address.toString())
                .containsEntry("isHolder", true)
                .containsEntry("live", true));
        assertThat(rows("events", "events", "--vps", "vps-1")).singleElement().satisfies(event -> assertThat(event)
                .containsEntry("action", "ALLOCATE")
                .containsEntry("address", address.toString()));
        assertThat(type("events", "--vps", "vps-2").output()).startsWith("Nothing of the kind has happened.");
        assertThat(rows("unknown", "unknown")).extracting(mac -> mac.get("mac")).containsExactly(UNKNOWN.toString());
        assertThat(type("sessions").output()).contains("No session goes on.");
        assertThat(type("config").output())
                .contains("(hidden)", "GATEWAY_DHCP_POOL_START")
                .doesNotContain(GatewayProcess.SECRET);
        assertThat(type("healthcheck", "--ready").exitCode()).isZero();
    }

    @Tag("smoke")
    @Test
    void anOperatorReleasesAnAddressOnTheWayOfTheApi() throws IOException {
        // Given
        world.start();
        Ipv4Address address = world.api().allocate("vps-1", MAC);
        world.bootedVps("vps-1", MAC);
        await().until(() -> !rows("leases", "leases").isEmpty());

        // When
        Command.Result wrong = type("release", "vps-1", "--address", "10.15.3.99");
        Command.Result released = type("release", "vps-1");

        // Then
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.output()).contains("10.15.3.99 is not allocated");
        assertThat(released.output()).isEqualTo("released " + address + " of vps-1\n");
        assertThat(released.exitCode()).isZero();
        assertThat(world.listed()).isEmpty();
        assertThat(world.assertEverythingAgrees()).isEmpty();
        await().until(() -> rows("leases", "leases").isEmpty());
        assertThat(rows("events", "events").get(0))
                .containsEntry("action", "RELEASE")
                .containsEntry("caller", "operator root");
    }

    @Tag("smoke")
    @Test
    void anOperatorEndsASessionAndTheRecordSaysWho() throws Exception {
        // Given
        world.withFakeVpss().start();
        try (FakeVps vps = FakeVps.echo();
                ProxyClient client = world.proxyClient()) {
            ProxyStream stream = client.stream().connect("a", "127.0.0.1", vps.port(), "");
            assertThat(stream.next()).isEqualTo("a connected");
            stream.data("a", "hello");
            assertThat(stream.next()).isEqualTo("a data hello");

            // When
            List<Map<String, Object>> live = rows("live", "sessions");
            assertThat(live).singleElement().satisfies(session -> assertThat(session)
                    .containsEntry("state", "open")
                    .containsEntry("target", "127.0.0.1")
                    .containsEntry("bytesIn", 5L)
                    .containsEntry("bytesOut", 5L));
            String number = live.get(0).get("id").toString();
            Command.Result killed = type("sessions", "kill", number);

            // Then
            assertThat(killed.exitCode()).as(killed.output()).isZero();
            assertThat(stream.next()).isEqualTo("a closed ended by an operator (operator root)");
            await().until(() -> rows("live", "sessions").isEmpty());
            assertThat(type("sessions", "kill", number).exitCode()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(rows("ended", "sessions"))
                    .singleElement()
                    .satisfies(session ->
                            assertThat(session).containsEntry("reason", "ended by an operator (operator root)")));
        }
    }

    @Tag("smoke")
    @Test
    void filesTellWhereNoGatewayRunsAndAreLeftAsTheyAre() throws IOException {
        // Given
        world.start();
        Ipv4Address address = world.api().allocate("vps-1", MAC);
        world.gateway().kill9();
        await().until(() -> Programs.dnsmasqsOf(world.files()).isEmpty());
        Map<String, String> before = fingerprints();

        // When
        Command.Result ips = type("ips");
        Command.Result events = type("events");
        Command.Result status = type("status");

        // Then
        assertThat(ips.output()).contains("no gateway runs on " + world.files().directory(), address + "  vps-1");
        assertThat(ips.exitCode()).isZero();
        assertThat(events.output()).contains("ALLOCATE");
        assertThat(status.output()).contains("only a running one knows");
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(type("config").output()).contains("no gateway runs on");
        assertThat(fingerprints()).isEqualTo(before);
    }

    @Test
    void theSocketIsForTheOwnerAloneAndGoesWithTheGateway() throws IOException {
        // Given a socket that a killed gateway has left
        world.start();
        Path socket = world.files().directory().resolve("vps-gateway.sock");
        world.gateway().kill9();
        assertThat(Files.exists(socket)).isTrue();
        assertThat(type("status").output()).contains("no gateway runs on");

        // When
        world.start();

        // Then
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(type("status").exitCode()).isZero();
        Command.Result other = Command.attempt(Stream.concat(
                        Stream.of("setpriv", "--reuid", "65534", "--regid", "65531", "--clear-groups"),
                        line("status").stream())
                .toList());
        assertThat(other.exitCode()).as(other.output()).isEqualTo(1);
        assertThat(other.output()).contains("be root, or the gateway's own user");
        assertThat(ProcessHandle.of(world.gateway().pid()).orElseThrow().destroy())
                .isTrue();
        assertThat(world.gateway().awaitExit()).isZero();
        assertThat(Files.exists(socket)).isFalse();
    }

    @Tag("smoke")
    @Test
    void helpAndVersionStartNothing() throws IOException {
        Path directory = world.files().directory();

        assertThat(Command.run(GatewayProcess.command("--help"))).contains("Usage: vps-gateway", "healthcheck");
        assertThat(Command.run(GatewayProcess.command("--version"))).startsWith("vps-gateway ");
        assertThat(Command.attempt(GatewayProcess.command("nonsense")).exitCode())
                .isEqualTo(2);
        assertThat(directory).doesNotExist();
    }

    /** What makes a gateway slow to start must not make its commands slow. */
    @Test
    void commandsLoadNothingOfTheServer() {
        if (!GatewayProcess.isJar()) {
            return;
        }
        List<String> command = new ArrayList<>(GatewayProcess.command("--help"));
        command.add(1, "-Xlog:class+load");

        String loaded = Command.run(command);

        assertThat(loaded).contains("picocli.CommandLine ");
        assertThat(loaded.lines())
                .noneMatch(
                        line -> line.matches(
                                ".* (io\\.netty|io\\.vertx|org\\.jboss\\.log|org\\.apache\\.sshd|io\\.quarkus\\.(runtime|arc))\\..*"));
    }

    private Command.Result type(String... args) {
        return Command.attempt(line(args));
    }

    private List<String> line(String... args) {
        List<String> line = new ArrayList<>(GatewayProcess.command(args));
        line.add("--state-dir=" + world.files().directory());
        if (List.of(args).contains("healthcheck")) {
            line.remove(line.size() - 1);
        }
        return line;
    }

    /** What a command answers to programs. */
    private List<Map<String, Object>> rows(String name, String... args) throws IOException {
        String json = Command.run(
                Stream.concat(line(args).stream(), Stream.of("--json")).toList());
        Object tree = Json.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Object row : (Iterable<?>) ((Map<?, ?>) tree).get(name)) {
            Map<String, Object> cells = new TreeMap<>();
            ((Map<?, ?>) row).forEach((key, value) -> cells.put(String.valueOf(key), value));
            rows.add(cells);
        }
        return rows;
    }

    private Map<String, String> fingerprints() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(world.files().directory())) {
            for (Path file : files.toList()) {
                all.put(file.toString(), Files.getLastModifiedTime(file) + " " + Files.size(file));
            }
        }
        return all;
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Faults injected into a real host: {@code check} names each, with who is to blame, and ends as its help says. */
class CheckIT {
    private final World world = World.create("check");
    private final Path variables = Sandbox.directory("check-env").resolve("gateway.env");
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        world.close();
    }

    @Tag("smoke")
    @Test
    void aHealthyHostHasNoFaultBeforeTheStartNorAfterIt() throws IOException {
        Command.Result before = check(Map.of());

        assertThat(before.output())
                .contains(
                        "ok       settings: complete and valid",
                        "up, with 10.15.3.1",
                        "ok       other DHCP servers: none")
                .doesNotContain("ERROR");
        assertThat(before.exitCode()).isLessThan(2);
        assertThat(check(Map.of(), "--start").exitCode()).isZero();

        world.start();
        Command.Result during = check(Map.of());

        assertThat(during.output()).contains("a gateway runs here").doesNotContain("ERROR", "other DHCP servers");
        assertThat(during.exitCode()).isLessThan(2);
    }

    @Test
    void wrongSettingsFailEverywhere() throws IOException {
        Map<String, String> wrong = Map.of("GATEWAY_DHCP_POOL_START", "10.99.0.1");

        assertThat(check(wrong).exitCode()).isEqualTo(2);
        Command.Result start = check(wrong, "--start");
        assertThat(start.exitCode()).isEqualTo(2);
        assertThat(start.output()).startsWith("ERROR    settings: GATEWAY_DHCP_POOL_START: '10.99.0.1' is outside of");
    }

    @Test
    void whatMayComeLaterDoesNotKeepTheGatewayFromStarting() throws IOException {
        Map<String, String> missing = Map.of("GATEWAY_DHCP_INTERFACE", "later0");

        Command.Result all = check(missing);

        assertThat(all.exitCode()).isEqualTo(2);
        assertThat(all.output()).contains("ERROR    interface later0: interface later0 does not exist");
        assertThat(check(missing, "--start").exitCode()).isZero();
    }

    @Test
    void whoHasAPortIsNamed() throws IOException {
        start(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--pid-file=",
                "--user=root",
                "--listen-address=10.15.3.1",
                "--bind-interfaces",
                "--port=53");
        try (ServerSocket other = new ServerSocket(GatewayProcess.GRPC_PORT)) {
            assertThat(other.isBound()).isTrue();
            await().untilAsserted(() -> {
                Command.Result result = check(Map.of());

                assertThat(result.exitCode()).isEqualTo(2);
                assertThat(result.output())
                        .contains("port 1537 TCP: cannot listen on 0.0.0.0:1537", "java (process ")
                        .contains("port 53 UDP and TCP: cannot listen on 10.15.3.1:53", "dnsmasq (process ")
                        .contains("fix: systemctl disable --now dnsmasq");
            });
        }
    }

    @Test
    void anotherDhcpServerOnTheSegmentIsNamed() throws IOException {
        start(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--port=0",
                "--interface=eth0",
                "--pid-file=",
                "--bind-dynamic",
                "--dhcp-range=10.15.3.200,10.15.3.210,2m",
                "--leasefile-ro",
                "--user=root");
        await().untilAsserted(() -> assertThat(check(Map.of()).output())
                .contains("WARNING  other DHCP servers: [10.15.3.1] on eth0 offers addresses to whoever asks")
                .contains("WARNING  port 67 UDP: a DHCP server runs on this host already: dnsmasq (process "));
    }

    @Test
    void missingRightsAreNamed() throws IOException {
        Command.Result result = Command.attempt(Stream.concat(
                        Stream.of(
                                "setpriv",
                                "--bounding-set",
                                "-net_admin,-net_raw",
                                "--inh-caps",
                                "-net_admin,-net_raw"),
                        line(Map.of()).stream())
                .toList());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).contains("ERROR    capabilities: this process lacks CAP_NET_ADMIN, CAP_NET_RAW");
    }

    private void start(String... command) throws IOException {
        started.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    private Command.Result check(Map<String, String> differences, String... options) throws IOException {
        return Command.attempt(line(differences, options));
    }

    /** With a file of variables, because a command has those of this test's process otherwise. */
    private List<String> line(Map<String, String> differences, String... options) throws IOException {
        Files.writeString(
                variables,
                world.settingsWith(differences).entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .collect(Collectors.joining("\n")));
        List<String> line = new ArrayList<>(GatewayProcess.command("check", "--env-file=" + variables));
        line.addAll(List.of(options));
        return line;
    }
}

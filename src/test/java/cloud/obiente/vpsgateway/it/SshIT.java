package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenSSH's client reaches OpenSSH's server on a VPS through ProxySSH. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshIT {
    private static final Duration COPYING = Duration.ofMinutes(3);
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final World world = World.create("ssh");
    private final Path files = Sandbox.directory("ssh-files");
    private Vps vps;

    @BeforeAll
    void start() throws IOException {
        world.start();
        vps = world.sshVps("vps-1", MAC);
        writeClientConfig(clientConfig(), "127.0.0.1");
        writeClientConfig(farConfig(), Lab.GATEWAY.toString());
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Tag("smoke")
    @Test
    void commandsRunOnTheVps() {
        assertThat(ssh("root@vps-1", "hostname")).isEqualToIgnoringNewLines("vps-1");
        assertThat(ssh("root@vps-1.vps.local", "hostname")).isEqualToIgnoringNewLines("vps-1");
        await().until(() -> world.metric("vps_gateway_ssh_proxy_connections_active") == 0);
    }

    @Test
    void aTerminalIsInteractive() throws Exception {
        try (SshTerminal terminal = SshTerminal.start(command("ssh", "-tt", "root@vps-1"))) {
            terminal.type("tty; echo $((6 * 7))\n").awaitLine("/dev/pts/\\d+").awaitLine("42");
            // An interrupt that comes before the shell has started a program is the shell's, and ends nothing.
            terminal.type("sh -c 'echo runs $((40 + 1)); exec sleep 1000'\n").awaitLine("runs 41");
            terminal.type(SshTerminal.CONTROL_C);
            terminal.type("echo still $((40 + 3))\n").awaitLine("still 43");
            terminal.type("exit 7\n");
            assertThat(terminal.exitCode()).isEqualTo(7);
        }
    }

    /** Eight mebibytes are more than all windows and budgets on the way. */
    private static Stream<Integer> sizes() {
        return Effort.first(4, 0, 1, 100_000, 8 << 20, 100 << 20, 1 << 30);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void filesArriveAsTheyAre(int size) throws IOException {
        assertArriveAsTheyAre(size);
    }

    /** From a machine behind a bad cable to the gateway, and from there over the same cable to the VPS, which it is. */
    @Test
    void filesArriveAsTheyAreOnABadNetwork() throws IOException {
        Path sent = RandomFile.write(files.resolve("sent"), 2 << 20);
        Path there = files.resolve("there");
        vps.spoilCable();
        try {
            for (List<String> copy : List.of(
                    List.of("scp", "-F", farConfig().toString(), sent.toString(), "root@vps-1:" + there),
                    rsyncCommand(
                            farConfig(),
                            "root@vps-1:" + there,
                            files.resolve("back").toString()))) {
                assertThat(vps.exec(copy.toArray(String[]::new))).isEmpty();
            }
        } finally {
            vps.mendCable();
        }
        assertThat(Files.mismatch(sent, there)).isEqualTo(-1);
        assertThat(Files.mismatch(sent, files.resolve("back"))).isEqualTo(-1);
    }

    private void assertArriveAsTheyAre(int size) throws IOException {
        Path sent = RandomFile.write(files.resolve("sent"), size);
        Path there = files.resolve("there");
        Path back = files.resolve("back");

        scp(sent.toString(), "root@vps-1:" + there);
        scp("root@vps-1:" + there, back.toString());
        assertThat(Files.mismatch(sent, there)).isEqualTo(-1);
        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);

        Files.delete(there);
        Files.delete(back);
        rsync(sent.toString(), "root@vps-1:" + there);
        rsync("root@vps-1:" + there, back.toString());
        assertThat(Files.mismatch(sent, there)).isEqualTo(-1);
        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
    }

    @Test
    void localPortsAreForwarded() throws Exception {
        int port = freePort();
        Process ssh = forward("-L", "127.0.0.1:" + port + ":127.0.0.1:22");
        try {
            assertThat(bannerThrough(new Socket(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                    .startsWith("SSH-2.0-");
        } finally {
            end(ssh);
        }
    }

    @Test
    void aSocksProxyIsOffered() throws Exception {
        int port = freePort();
        Process ssh = forward("-D", "127.0.0.1:" + port);
        try {
            Proxy socks = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            assertThat(bannerThrough(new Socket(socks), new InetSocketAddress(InetAddress.getLoopbackAddress(), 22)))
                    .startsWith("SSH-2.0-");
        } finally {
            end(ssh);
        }
    }

    /** ssh tells that it forwards, and is done with logging in, by running the local command. */
    private Process forward(String... how) throws IOException {
        Path ready = files.resolve("forwarding");
        Files.deleteIfExists(ready);
        List<String> command = command("ssh", "-N", "-o", "ExitOnForwardFailure=yes", "-o", "PermitLocalCommand=yes");
        command.addAll(List.of("-o", "LocalCommand=touch " + ready));
        command.addAll(List.of(how));
        command.add("root@vps-1");
        Process ssh = new ProcessBuilder(command).inheritIO().start();
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(ready) || !ssh.isAlive());
        return ssh;
    }

    private static void end(Process ssh) {
        ssh.destroy();
        await().until(() -> !ssh.isAlive());
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static String bannerThrough(Socket socket, InetSocketAddress target) throws IOException {
        try (socket) {
            socket.setSoTimeout(60_000);
            socket.connect(target);
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }

    @Test
    void everySessionIsRecorded() {
        ssh("root@vps-1", "true");
        await().until(() -> world.gateway().output().contains("target=vps-1 destination="));
        assertThat(world.api().calls().getGatewayInfo(GetGatewayInfoRequest.getDefaultInstance()))
                .extracting(info -> info.getSshProxyStatus())
                .isEqualTo("running");
    }

    @Test
    void theGatewaysOwnHostIsNotReached() {
        Command.Result result = Command.attempt(command("ssh", "root@127.0.0.1", "hostname"));
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output()).contains("target not allowed: 127.0.0.1");
    }

    private String ssh(String... arguments) {
        return Command.run(command("ssh", arguments));
    }

    private void scp(String from, String to) {
        Command.run(command("scp", from, to), COPYING);
    }

    private void rsync(String from, String to) {
        Command.run(rsyncCommand(clientConfig(), from, to), COPYING);
    }

    private static List<String> rsyncCommand(Path config, String from, String to) {
        return List.of("rsync", "--checksum", "-e", "ssh -F " + config, from, to);
    }

    private List<String> command(String program, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(program, "-F", clientConfig().toString()));
        Stream.of(arguments).forEach(command::add);
        return command;
    }

    /** Java 24 and newer warn of what Netty does, in what ssh says. */
    private static List<String> silence() {
        return Runtime.version().feature() < 24
                ? List.of()
                : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    private Path clientConfig() {
        return files.resolve("ssh_config");
    }

    /** For clients that are not on the gateway host. */
    private Path farConfig() {
        return files.resolve("far_ssh_config");
    }

    private void writeClientConfig(Path config, String gateway) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String pipe = String.join(
                " ",
                java,
                String.join(" ", silence()),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.logging.config.file=/dev/null",
                "-cp",
                classes,
                SshPipe.class.getName(),
                gateway,
                String.valueOf(GatewayProcess.GRPC_PORT),
                GatewayProcess.SECRET,
                "%h",
                "%p");
        Files.write(
                config,
                List.of(
                        "IdentityFile " + world.lab().loginKey(),
                        "StrictHostKeyChecking no",
                        "UserKnownHostsFile /dev/null",
                        "LogLevel ERROR",
                        "ProxyCommand " + pipe));
    }
}

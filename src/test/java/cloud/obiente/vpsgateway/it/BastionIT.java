package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH's client reaches OpenSSH's server on a VPS through the bastion. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BastionIT {
    private static final Duration COPYING = Duration.ofMinutes(10);
    private static final String ACTIVE = "vps_gateway_ssh_proxy_connections_active";

    private final World world = World.create("bastion");
    private final BastionClient client = BastionClient.of(world, "bastion-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private BastionClient.Person ops;

    @BeforeAll
    void start() {
        client.authorize(line(key));
        world.start();
        client.startVps();
        ops = client.person(key);
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Tag("smoke")
    @Test
    void commandsRunOnTheVps() {
        assertThat(Command.run(ops.jump("root@vps-1", "hostname"))).endsWith("vps-1\n");
        assertThat(Command.run(ops.jump("root@vps-1.vps.local", "hostname"))).endsWith("vps-1\n");
        await().until(() -> world.metric(ACTIVE) == 0);
    }

    @Tag("smoke")
    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void keysOfAllKindsLogIn(String type) {
        Path other = client.key("key-" + type, "-t", type);
        client.authorize(line(key), line(other));
        await().until(() -> client.person(other).canLogIn());
    }

    @Test
    void aTerminalIsInteractive() throws Exception {
        try (SshTerminal terminal = SshTerminal.start(ops.jump("-tt", "root@vps-1"))) {
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
        return Effort.first(4, 0, 1, 1 << 20, 8 << 20, 100 << 20, 1 << 30);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void filesArriveAsTheyAre(int size) throws IOException {
        Path sent = RandomFile.write(client.file("sent"), size);
        Path there = client.file("there");
        Path back = client.file("back");

        Command.run(ops.throughBastion("scp", sent.toString(), "root@vps-1:" + there), COPYING);
        Command.run(ops.throughBastion("scp", "root@vps-1:" + there, back.toString()), COPYING);
        assertThat(Files.mismatch(sent, there)).isEqualTo(-1);
        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);

        Files.delete(there);
        Files.delete(back);
        Command.run(List.of("rsync", "-e", ops.shell(), sent.toString(), "root@vps-1:" + there), COPYING);
        Command.run(List.of("rsync", "-e", ops.shell(), "root@vps-1:" + there, back.toString()), COPYING);
        assertThat(Files.mismatch(sent, there)).isEqualTo(-1);
        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
    }

    @Test
    void portsAreForwardedOverIt() throws Exception {
        Process forwarding = new ProcessBuilder(
                        ops.jump("-N", "-L", "127.0.0.1:9101:127.0.0.1:22", "-D", "127.0.0.1:9102", "root@vps-1"))
                .start();
        try {
            Proxy socks = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9102));
            await().ignoreExceptions().untilAsserted(() -> assertThat(banner(Proxy.NO_PROXY, 9101))
                    .startsWith("SSH-2.0-OpenSSH"));
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(banner(socks, 22)).startsWith("SSH-2.0-OpenSSH"));
        } finally {
            forwarding.destroy();
        }
        await().until(() -> world.metric(ACTIVE) == 0);
    }

    private static String banner(Proxy proxy, int port) throws IOException {
        try (Socket socket = new Socket(proxy)) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
            socket.setSoTimeout(5000);
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(15), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void everySessionIsRecordedWithUserAndKey() {
        Command.run(ops.jump("root@vps-1", "true"));
        await().until(() -> world.gateway()
                .output()
                .lines()
                .anyMatch(record -> record.contains("caller='bastion:ops' target=vps-1 destination=")
                        && record.contains("key=" + BastionClient.fingerprint(key))));
    }

    /** Killed with nothing unread, so that the kernel ends its connection as it ends all others. */
    @Test
    void theRecordSaysWhenAClientIsGone() throws IOException {
        Process live = new ProcessBuilder(ops.jump("root@vps-1", "echo 'all is read'; sleep 60")).start();
        try {
            assertThat(live.inputReader().readLine()).isEqualTo("all is read");
            towardsTheBastion(live).forEach(ProcessHandle::destroyForcibly);
            await().until(() -> isRecorded("'the client is gone'"));
        } finally {
            live.destroyForcibly();
        }
    }

    /** Killed with bytes unread, for which the kernel resets its connection; a read or a write hears of it first. */
    @Test
    void theRecordSaysWhenAClientsConnectionIsReset() throws IOException {
        // A pipe that nobody reads would end the flow with the session's window, and leave nothing unread.
        Process live = new ProcessBuilder(ops.jump("root@vps-1", "echo flowing >&2; cat /dev/zero"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<ProcessHandle> jumping = List.of();
        try {
            assertThat(live.errorReader().lines().anyMatch("flowing"::equals)).isTrue();
            jumping = towardsTheBastion(live);
            jumping.forEach(Programs::freeze);
            await().until(BastionIT::somethingIsUnread);
            jumping.forEach(ProcessHandle::destroyForcibly);
            await().until(() -> isRecorded("'connection to the client broke: "));
        } finally {
            jumping.forEach(ProcessHandle::destroyForcibly);
            live.destroyForcibly();
        }
    }

    /** On the side of a client; ss(8) prints a connection a line: its state, bytes unread, bytes unsent, addresses. */
    private static boolean somethingIsUnread() {
        return Command.run(List.of("ss", "-Htn", "dport", "=", ":" + BastionClient.PORT))
                .lines()
                .anyMatch(connection -> Long.parseLong(connection.split("\\s+")[1]) > 0);
    }

    /** The process, or processes, that a client of OpenSSH's started for its -J. */
    private static List<ProcessHandle> towardsTheBastion(Process client) {
        List<ProcessHandle> jumping = client.descendants().toList();
        assertThat(jumping).isNotEmpty();
        return jumping;
    }

    private boolean isRecorded(String end) {
        return world.gateway()
                .output()
                .lines()
                .anyMatch(record -> record.contains("caller='bastion:ops'") && record.contains("end=" + end));
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH's client reaches OpenSSH's server on a VPS through ProxySSH. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final World world = World.create("ssh");
    private final Path files = Sandbox.directory("ssh-files");

    @BeforeAll
    void start() {
        world.start();
        world.api().allocate("vps-1", MAC);
        Vps vps = world.lab().vpsWithSshd("vps-1", MAC);
        assertThat(vps.udhcpcOnce()).isPresent();
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
    void aTerminalIsInteractive() {
        assertThat(ssh("-tt", "root@vps-1", "tty; stty size; echo done"))
                .contains("/dev/pts/")
                .contains("done");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, 100 << 20})
    void filesArriveAsTheyAre(int size) throws IOException {
        Path sent = random(size);
        Path back = files.resolve("back");

        scp(sent.toString(), "root@vps-1:" + files.resolve("there"));
        scp("root@vps-1:" + files.resolve("there"), back.toString());

        assertThat(Files.mismatch(sent, files.resolve("there"))).isEqualTo(-1);
        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
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

    @Test
    void whatIsNotAllowedIsNotEvenTried() throws Exception {
        List<String> targets = new ArrayList<>(List.of(
                "169.254.169.254",
                "169.254.0.1",
                "0.0.0.0",
                "255.255.255.255",
                "224.0.0.1",
                "240.0.0.1",
                "localhost",
                "127.1",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "::1",
                "::ffff:127.0.0.1",
                "[::1]",
                "fe80::1",
                "::ffff:10.15.3.1",
                "64:ff9b::a0f:301",
                "example.com",
                "vps-2",
                "vps-2.vps.local",
                "vps-1.example.com",
                "metadata.google.internal",
                "",
                "vps-1:22",
                "10.15.3.1:22",
                "10.15.3.1/32",
                " 10.15.3.1",
                "010.15.3.1"));
        for (int last : new int[] {1, 2, 53, 128, 254}) {
            for (String net : List.of(
                    "127.0.0.",
                    "127.255.0.",
                    "10.15.2.",
                    "10.15.4.",
                    "10.0.0.",
                    "172.16.0.",
                    "192.168.0.",
                    "100.64.0.",
                    "1.1.1.",
                    "8.8.8.")) {
                targets.add(net + last);
            }
        }
        targets.addAll(List.of("10.15.3.0", "10.15.3.1", "10.15.3.255"));
        assertThat(targets).hasSizeGreaterThan(60);
        SshStream stream = new SshStream(world.api().client());
        assertThat(stream.connect("no-such-vps")).isEqualTo("no-such-vps has no address on this gateway");
        long connectionsBefore = connectionsMadeByThisHost();

        for (String target : targets) {
            assertThat(stream.connect(target)).as(target).containsAnyOf("target not allowed: ", "has no address");
        }

        assertThat(connectionsMadeByThisHost()).isEqualTo(connectionsBefore);
        stream.close();
    }

    /** ActiveOpens of RFC 4022: what the kernel has counted in this network namespace. */
    private static long connectionsMadeByThisHost() throws IOException {
        List<String[]> tcp = Files.readAllLines(Path.of("/proc/net/snmp")).stream()
                .filter(line -> line.startsWith("Tcp:"))
                .map(line -> line.split(" "))
                .toList();
        return Long.parseLong(tcp.get(1)[List.of(tcp.get(0)).indexOf("ActiveOpens")]);
    }

    private Path random(int size) throws IOException {
        Path file = files.resolve("sent");
        Random random = new Random(size);
        byte[] piece = new byte[Math.min(size, 1 << 20)];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int left = size; left > 0; left -= piece.length) {
                random.nextBytes(piece);
                out.write(piece, 0, Math.min(left, piece.length));
            }
        }
        return file;
    }

    private String ssh(String... arguments) {
        return Command.run(command("ssh", arguments));
    }

    private void scp(String... arguments) {
        Command.run(command("scp", arguments));
    }

    private List<String> command(String program, String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String pipe = String.join(
                " ",
                java,
                "-Xmx64m",
                "-Djava.util.logging.config.file=/dev/null",
                "-cp",
                classes,
                SshPipe.class.getName(),
                String.valueOf(GatewayProcess.GRPC_PORT),
                GatewayProcess.SECRET,
                "%h",
                "%p");
        List<String> command = new ArrayList<>(List.of(
                program,
                "-i",
                world.lab().loginKey().toString(),
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "LogLevel=ERROR",
                "-o",
                "ProxyCommand=" + pipe));
        Stream.of(arguments).forEach(command::add);
        return command;
    }
}

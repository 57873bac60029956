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
        assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isZero();
    }

    @Test
    void aTerminalIsInteractive() {
        assertThat(ssh("-tt", "root@vps-1", "tty; stty size; echo done")).contains("/dev/pts/").contains("done");
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
        for (String target : List.of("127.0.0.1", "10.15.3.1", "169.254.169.254", "1.1.1.1")) {
            Command.Result result = Command.attempt(command("ssh", "root@" + target, "hostname"));
            assertThat(result.exitCode()).isNotZero();
            assertThat(result.output()).contains("target not allowed: " + target);
        }
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
        String classes =
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String pipe = String.join(
                " ",
                java,
                "-Xmx64m",
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

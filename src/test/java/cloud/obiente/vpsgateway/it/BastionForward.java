package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code ssh -L} to the bastion: each connection to its port is a channel to the same port of a VPS. */
final class BastionForward implements AutoCloseable {
    private final Process ssh;
    private final int port;

    private BastionForward(Process ssh, int port) {
        this.ssh = ssh;
        this.port = port;
    }

    /** @param scratch a file that is this one's */
    static BastionForward start(BastionClient.Person person, int vpsPort, Path scratch) {
        try {
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Files.deleteIfExists(scratch);
            // That it has logged in, and listens, it tells by running the local command.
            List<String> options = List.of(
                    "-N",
                    "-L",
                    "127.0.0.1:" + port + ":127.0.0.1:" + vpsPort,
                    "-o",
                    "ExitOnForwardFailure=yes",
                    "-o",
                    "PermitLocalCommand=yes",
                    "-o",
                    "LocalCommand=touch " + scratch);
            Process ssh =
                    new ProcessBuilder(person.toBastion(options)).inheritIO().start();
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(scratch) || !ssh.isAlive());
            assertThat(ssh.isAlive()).isTrue();
            return new BastionForward(ssh, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** It does nothing from now on, but its connection stays. */
    void stop() {
        Command.run(List.of("kill", "-STOP", String.valueOf(ssh.pid())));
    }

    /** Killed; its channels break. */
    @Override
    public void close() {
        ssh.destroyForcibly();
        await().until(() -> !ssh.isAlive());
    }
}

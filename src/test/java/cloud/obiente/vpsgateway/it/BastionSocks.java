package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code ssh -D} to the bastion: asks for a channel (direct-tcpip) to any host as it is written, one after the other, on
 * one connection. For one thread.
 */
final class BastionSocks implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** Bytes: no login is needed, and the channel is being opened. */
    private static final int ANSWERS = 2 + 10;

    private static final String REFUSED = ": open failed: ";

    private final Process ssh;
    private final BufferedReader said;
    private final int port;

    private BastionSocks(Process ssh, int port) {
        this.ssh = ssh;
        this.said = ssh.errorReader(StandardCharsets.UTF_8);
        this.port = port;
    }

    /** @param scratch a file that is this one's */
    static BastionSocks start(BastionClient.Person person, Path scratch) {
        try {
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Files.deleteIfExists(scratch);
            Process ssh = new ProcessBuilder(person.toBastion(List.of(
                            "-N",
                            "-D",
                            "127.0.0.1:" + port,
                            "-o",
                            "ExitOnForwardFailure=yes",
                            "-o",
                            "PermitLocalCommand=yes",
                            "-o",
                            "LocalCommand=touch " + scratch)))
                    .start();
            await().atMost(TIMEOUT).until(() -> Files.exists(scratch) || !ssh.isAlive());
            BastionSocks socks = new BastionSocks(ssh, port);
            assertThat(ssh.isAlive()).as("logged in").isTrue();
            return socks;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** What ssh says of a channel that the bastion refuses. It must. */
    String refusalOf(String host, int hostPort) throws IOException {
        try (Socket socket = ask(host, hostPort)) {
            // The answer to us may be dropped with the channel.
            assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThanOrEqualTo(ANSWERS);
        }
        String line = said.readLine();
        while (line != null && !line.contains(REFUSED)) {
            line = said.readLine();
        }
        assertThat(line).as("what ssh says").isNotNull();
        return line;
    }

    /** The first line that comes out of a channel. */
    String bannerOf(String host, int hostPort) throws IOException {
        try (Socket socket = ask(host, hostPort)) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[ANSWERS]);
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)).readLine();
        }
    }

    /** RFC 1928, with a domain name as the address whatever it is. ssh says yes before it knows. */
    private Socket ask(String host, int hostPort) throws IOException {
        byte[] name = host.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {5, 1, 0});
        request.writeBytes(new byte[] {5, 1, 0, 3, (byte) name.length});
        request.writeBytes(name);
        request.writeBytes(new byte[] {(byte) (hostPort >> 8), (byte) hostPort});
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        socket.getOutputStream().write(request.toByteArray());
        return socket;
    }

    @Override
    public void close() {
        ssh.destroyForcibly();
        await().until(() -> !ssh.isAlive());
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.ssh.bastion.RawSshClient;
import cloud.obiente.vpsgateway.ssh.bastion.RawSshClient.Connected;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is sent to SSH servers on the internet, docs/attacks.md; after each of it somebody else logs in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshAttacksIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final long MAX_RESIDENT_KILOBYTES = 256 << 10;
    private static final int SSH_MSG_PING = 192;
    private static final String STRANGER = "127.0.5.1";
    private static final byte[] IDENTIFICATION = "SSH-2.0-attack\r\n".getBytes(StandardCharsets.US_ASCII);

    private final World world = World.create("ssh-attacks")
            .with("GATEWAY_SSH_BASTION_LOGIN_GRACE", "10s")
            .with("GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED", "1000");
    private final BastionClient people = BastionClient.of(world, "ssh-attacks-files");
    private final RawSshClient ssh = new RawSshClient();

    @BeforeAll
    void start() {
        people.authorize(ssh.publicKey());
        world.start();
    }

    @AfterAll
    void stop() {
        ssh.close();
        world.close();
    }

    @AfterEach
    void othersLogIn() throws IOException {
        Connected other = ssh.logIn(BastionClient.PORT, "127.0.5.2");
        assertThat(other.session().isAuthenticated()).isTrue();
        other.session().close(true).await(TIMEOUT);
        assertThat(world.gateway().isAlive()).isTrue();
        assertThat(Complaints.in(world.gateway().output())).isEmpty();
        HostileText.assertLogIsTheGateways(world.gateway().output());
    }

    /** Terrapin, CVE-2023-48795 and CVE-2024-41909: nothing can be put in, or left out, before the keys are there. */
    @Test
    void terrapin() throws IOException {
        try (Socket socket = identified()) {
            byte[] offer = readPacket(socket);
            assertThat(new String(offer, StandardCharsets.ISO_8859_1)).contains("kex-strict-s-v00@openssh.com");
            write(socket, SshConstants.SSH_MSG_IGNORE, new byte[] {0, 0, 0, 0});
            write(socket, SshConstants.SSH_MSG_KEXINIT, strictOffer(offer));
            assertEnded(socket);
        }
    }

    /** The offer of the server with the client's mark of strictness in it; SSHD reads the first list only for that. */
    private static byte[] strictOffer(byte[] offer) {
        byte[] fields = new byte[offer.length - 1];
        System.arraycopy(offer, 1, fields, 0, fields.length);
        byte[] server = "kex-strict-s-v00".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < fields.length - server.length; i++) {
            if (new String(fields, i, server.length, StandardCharsets.ISO_8859_1).equals("kex-strict-s-v00")) {
                fields[i + "kex-strict-".length()] = 'c';
            }
        }
        return fields;
    }

    /** CVE-2025-26466: PINGs of OpenSSH's, each of which would be answered when keys have been exchanged. */
    @Test
    void pingsBeforeTheLogin() throws IOException {
        ended(SSH_MSG_PING, packet -> packet.putString("x".repeat(1_000)), 1_000);
    }

    /** CVE-2025-32433 (Erlang): channels before the login. */
    @Test
    void aChannelWithACommandBeforeTheLogin() throws IOException {
        ended(
                SshConstants.SSH_MSG_CHANNEL_OPEN,
                packet -> {
                    packet.putString("session");
                    packet.putUInt(0);
                    packet.putUInt(1 << 20);
                    packet.putUInt(1 << 15);
                },
                1_000);
        ended(
                SshConstants.SSH_MSG_CHANNEL_REQUEST,
                packet -> {
                    packet.putUInt(0);
                    packet.putString("exec");
                    packet.putBoolean(true);
                    packet.putString("touch /tmp/never");
                },
                1_000);
    }

    /** CVE-2018-10933 (libssh): the client says that it has logged in. */
    @Test
    void aLoginThatTheClientGrantsItself() throws IOException {
        ended(SshConstants.SSH_MSG_USERAUTH_SUCCESS, packet -> {}, 1_000);
    }

    private void ended(int message, Consumer<Buffer> fields, int most) throws IOException {
        Connected stranger = ssh.connect(BastionClient.PORT, STRANGER);
        try {
            for (int i = 0; i < most && stranger.isOpen(); i++) {
                stranger.send(message, fields);
            }
        } catch (IOException closedByTheGateway) {
            assertThat(stranger.session().isAuthenticated()).isFalse();
        }
        await().atMost(TIMEOUT).until(() -> !stranger.isOpen());
        assertThat(stranger.session().isAuthenticated()).isFalse();
    }

    /** CVE-2024-6387 (regreSSHion) raced for what happens when the time to log in is over; here, at once for many. */
    @Test
    void manyWhoseTimeToLogInIsOverAtOnce() throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Socket socket = identified();
            slow.add(socket);
            // In the middle of a packet.
            socket.getOutputStream().write(new byte[] {0, 0, 4, 0, 6, 20});
        }
        for (Socket socket : slow) {
            assertEnded(socket);
            socket.close();
        }
    }

    @Test
    void identificationsThatAreNone() throws IOException {
        for (String line :
                List.of("SSH-1.0-old\r\n", "GET / HTTP/1.1\r\n\r\n", "x".repeat(100_000), "a\r\n".repeat(50_000))) {
            try (Socket socket = connect()) {
                try {
                    socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException closedByTheGateway) {
                    assertThat(closedByTheGateway).hasMessageMatching("Connection reset.*|Broken pipe.*");
                }
                assertEnded(socket);
            }
        }
    }

    @Test
    void packetsOfImpossibleLengths() throws IOException {
        for (int length : new int[] {0, 1, 4, 0x7fff_ffff, -1, 1 << 20}) {
            try (Socket socket = identified()) {
                socket.getOutputStream()
                        .write(ByteBuffer.allocate(64).putInt(length).array());
                socket.shutdownOutput();
                assertEnded(socket);
            }
        }
    }

    /** Two minutes of it under the long run; what adds up would show in the memory, the descriptors or the log. */
    @Test
    void allOfThemOverAndOver() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Effort.of(2, 120));
        do {
            terrapin();
            pingsBeforeTheLogin();
            aChannelWithACommandBeforeTheLogin();
            aLoginThatTheClientGrantsItself();
            identificationsThatAreNone();
            packetsOfImpossibleLengths();
        } while (System.nanoTime() < end);
        assertThat(world.gateway().residentKilobytes()).isLessThan(MAX_RESIDENT_KILOBYTES);
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", BastionClient.PORT, InetAddress.getByName(STRANGER), 0);
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        return socket;
    }

    private static Socket identified() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(IDENTIFICATION);
        StringBuilder line = new StringBuilder();
        while (!line.toString().endsWith("\n")) {
            line.append((char) socket.getInputStream().read());
        }
        assertThat(line).startsWith("SSH-2.0-vps-gateway");
        return socket;
    }

    /** One that is not encrypted yet (RFC 4253 section 6): its payload. */
    private static byte[] readPacket(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        int padding = in.readUnsignedByte();
        byte[] payload = in.readNBytes(length - padding - 1);
        byte[] unused = in.readNBytes(padding);
        return payload;
    }

    private static void write(Socket socket, int message, byte[] fields) throws IOException {
        int padding = 16 - (fields.length + 6) % 8;
        ByteBuffer packet = ByteBuffer.allocate(6 + fields.length + padding);
        packet.putInt(2 + fields.length + padding)
                .put((byte) padding)
                .put((byte) message)
                .put(fields);
        socket.getOutputStream().write(packet.array());
    }

    /** By the gateway; whatever it says before is read. */
    private static void assertEnded(Socket socket) {
        try {
            byte[] unused = socket.getInputStream().readAllBytes();
        } catch (IOException reset) {
            assertThat(reset).hasMessageMatching("Connection reset.*");
        }
    }
}

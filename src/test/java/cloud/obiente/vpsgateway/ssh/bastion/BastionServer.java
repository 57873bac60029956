package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.ops.BastionMeters;
import cloud.obiente.vpsgateway.ops.SshMeters;
import cloud.obiente.vpsgateway.ssh.Allocations;
import cloud.obiente.vpsgateway.ssh.LoopbackTunnels;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/** A bastion in this process, with SSHD's client; it leads to loopback, and one key may log in. */
final class BastionServer implements AutoCloseable {
    static final SshSettings.Limits LIMITS = new SshSettings.Limits(10_000, 256, 256, 64 << 20);

    static {
        JdkSecurity.install();
    }

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final KeyPair key = freshKey();
    private final NioEventLoopGroup loops = new NioEventLoopGroup(2);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LoopbackTunnels.Records records = new LoopbackTunnels.Records();
    private final SshClient client = SshClient.setUpDefaultClient();
    private final int port = freePort();
    private final Tunnels tunnels;
    private final Bastion bastion;

    /**
     * @param directory empty
     * @param windows one for each channel, instead of those that a bastion has
     */
    BastionServer(Path directory, Optional<Function<WindowBudget, ReceiveWindow>> windows) {
        this(directory, windows, AnswerQueue.Limits.DEFAULT);
    }

    /** @param answers that a client may leave unread */
    BastionServer(Path directory, Optional<Function<WindowBudget, ReceiveWindow>> windows, AnswerQueue.Limits answers) {
        MeterRegistry registry = new SimpleMeterRegistry();
        SshSettings settings = LoopbackTunnels.settings(LIMITS, Optional.empty(), Duration.ofSeconds(1));
        IpamSnapshot held = Allocations.snapshot();
        tunnels = LoopbackTunnels.open(settings, () -> held, new SshMeters(registry, () -> held), records);
        ConnectionAdmission admission =
                new ConnectionAdmission(new BastionSettings.Limits(100, 100, 100), Duration.ZERO, System::nanoTime);
        BastionDependencies needs = new BastionDependencies(
                tunnels,
                loops::next,
                Executors.newFixedThreadPool(2),
                admission,
                new BastionMeters(registry, admission),
                directory,
                LIMITS,
                settings.keepAlive(),
                Clock.systemUTC(),
                ZoneOffset.UTC);
        BastionSettings wanted = new BastionSettings(
                Ipv4Address.parse("127.0.0.1"),
                port,
                authorize(directory.resolve("authorized_keys")),
                Optional.empty(),
                new BastionSettings.Limits(100, 100, 100),
                Duration.ofSeconds(30),
                Duration.ZERO);
        bastion = new Bastion(
                wanted, needs, windows.orElse(budget -> new ReceiveWindow(budget, System::nanoTime)), answers);
        try {
            bastion.start(timer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.start();
    }

    private static KeyPair freshKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path authorize(Path file) {
        try {
            return Files.writeString(file, PublicKeyEntry.toString(key.getPublic()) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that may log in, and has only asked whether it may try. */
    ClientSession connect() throws IOException {
        ClientSession session =
                client.connect("ops", "127.0.0.1", port).verify(TIMEOUT).getSession();
        session.addPublicKeyIdentity(key);
        session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.WAIT_AUTH), TIMEOUT);
        return session;
    }

    /** A client that has logged in. */
    ClientSession logIn() throws IOException {
        ClientSession session = connect();
        session.auth().verify(TIMEOUT);
        return session;
    }

    int port() {
        return port;
    }

    /** Those that are connected. */
    List<BastionSession> sessions() {
        return bastion.sessions();
    }

    /** The file of those who may log in; read again every two seconds. */
    static Path keysIn(Path directory) {
        return directory.resolve("authorized_keys");
    }

    Tunnels tunnels() {
        return tunnels;
    }

    List<SessionRecord> records() {
        return records.kept();
    }

    @Override
    public void close() {
        client.stop();
        try {
            bastion.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        timer.shutdownNow();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

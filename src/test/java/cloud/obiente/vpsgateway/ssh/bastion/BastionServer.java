package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import cloud.obiente.vpsgateway.ops.BastionMeters;
import cloud.obiente.vpsgateway.ops.SshMeters;
import cloud.obiente.vpsgateway.ssh.Allocations;
import cloud.obiente.vpsgateway.ssh.Dialer;
import cloud.obiente.vpsgateway.ssh.OpenSshKeyParser;
import cloud.obiente.vpsgateway.ssh.PortSet;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import cloud.obiente.vpsgateway.ssh.SessionRecords;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.TargetPolicy;
import cloud.obiente.vpsgateway.ssh.TargetResolver;
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
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
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

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Subnet LOOPBACK = new Subnet(Ipv4Address.parse("127.0.0.0"), 8);

    private final KeyPair key = freshKey();
    private final NioEventLoopGroup loops = new NioEventLoopGroup(2);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Queue<SessionRecord> records = new ConcurrentLinkedQueue<>();
    private final SshClient client = SshClient.setUpDefaultClient();
    private final int port = freePort();
    private final Tunnels tunnels;
    private final Bastion bastion;

    /**
     * @param directory empty
     * @param windows one for each channel, instead of those that a bastion has
     */
    BastionServer(Path directory, Optional<Function<WindowBudget, ReceiveWindow>> windows) {
        MeterRegistry registry = new SimpleMeterRegistry();
        SshSettings settings = new SshSettings(
                List.of(LOOPBACK),
                PortSet.parse("1-65535"),
                LIMITS,
                Duration.ofSeconds(1),
                Optional.empty(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(1),
                30);
        tunnels = new Tunnels(
                settings,
                resolver(settings),
                new Dialer(Duration.ofSeconds(1), settings.keepAlive()),
                new OpenSshKeyParser(),
                new SshMeters(registry, Allocations::snapshot),
                recorder(),
                Clock.systemUTC());
        Admission admission = new Admission(new BastionSettings.Limits(100, 100, 100), Duration.ZERO, System::nanoTime);
        BastionNeeds needs = new BastionNeeds(
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
        bastion = windows.map(given -> new Bastion(wanted, needs, given)).orElseGet(() -> new Bastion(wanted, needs));
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

    private static TargetResolver resolver(SshSettings settings) {
        IpamSnapshot held = Allocations.snapshot();
        TargetPolicy policy = new TargetPolicy(
                new Subnet(Ipv4Address.parse("10.15.3.0"), 24),
                Ipv4Address.parse("10.15.3.1"),
                Set::of,
                () -> held,
                settings.allowedTargets(),
                settings.allowedPorts());
        return new TargetResolver(
                () -> held,
                DomainName.parse("vps.local"),
                name -> CompletableFuture.completedStage(Optional.empty()),
                policy);
    }

    private SessionRecords recorder() {
        return new SessionRecords() {
            @Override
            public void add(SessionRecord session) {
                records.add(session);
            }

            @Override
            public Optional<String> fault() {
                return Optional.empty();
            }
        };
    }

    /** A client that has logged in. */
    ClientSession logIn() throws IOException {
        ClientSession session =
                client.connect("ops", "127.0.0.1", port).verify(PATIENCE).getSession();
        session.addPublicKeyIdentity(key);
        session.auth().verify(PATIENCE);
        return session;
    }

    Tunnels tunnels() {
        return tunnels;
    }

    List<SessionRecord> records() {
        return List.copyOf(records);
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

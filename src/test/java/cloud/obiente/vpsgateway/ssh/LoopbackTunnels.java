package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Tunnels that may lead to loopback, on every port. */
public final class LoopbackTunnels {
    private LoopbackTunnels() {}

    /** A second where the defaults are five. */
    public static SshSettings settings(SshSettings.Limits limits, Optional<Duration> idleTimeout, Duration drain) {
        return settings(limits, idleTimeout, drain, Duration.ofSeconds(1));
    }

    /** @param stall how long a VPS may take for nothing */
    public static SshSettings settings(
            SshSettings.Limits limits, Optional<Duration> idleTimeout, Duration drain, Duration stall) {
        return new SshSettings(
                List.of(new Subnet(Ipv4Address.parse("127.0.0.0"), 8)),
                PortSet.parse("1-65535"),
                limits,
                stall,
                idleTimeout,
                Duration.ofSeconds(60),
                drain,
                30);
    }

    /** @param held asked whenever a tunnel looks */
    public static Tunnels open(
            SshSettings settings, Supplier<IpamSnapshot> held, TunnelListener listener, SessionRecords records) {
        return open(
                settings,
                held,
                listener,
                records,
                name -> CompletableFuture.completedStage(Optional.empty()),
                System::nanoTime);
    }

    /**
     * @param names asked for VPSs that hold nothing
     * @param nanoTime for durations
     */
    static Tunnels open(
            SshSettings settings,
            Supplier<IpamSnapshot> held,
            TunnelListener listener,
            SessionRecords records,
            NameLookup names,
            LongSupplier nanoTime) {
        TargetPolicy policy = new TargetPolicy(
                new Subnet(Ipv4Address.parse("10.15.3.0"), 24),
                Ipv4Address.parse("10.15.3.1"),
                Set::of,
                held,
                settings.allowedTargets(),
                settings.allowedPorts());
        TargetResolver resolver = new TargetResolver(held, DomainName.parse("vps.local"), names, policy);
        return new Tunnels(
                settings,
                resolver,
                new VpsDialer(Duration.ofSeconds(1), settings.keepAlive()),
                new OpenSshKeyParser(),
                listener,
                records,
                Clock.systemUTC(),
                nanoTime);
    }

    /** Keeps records for the test to read. */
    public static final class Records implements SessionRecords {
        private final Queue<SessionRecord> kept = new ConcurrentLinkedQueue<>();

        @Override
        public void add(SessionRecord session) {
            kept.add(session);
        }

        @Override
        public Optional<String> fault() {
            return Optional.empty();
        }

        public List<SessionRecord> kept() {
            return List.copyOf(kept);
        }
    }
}

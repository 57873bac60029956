package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ops.BastionMeters;
import cloud.obiente.vpsgateway.ops.SshMeters;
import cloud.obiente.vpsgateway.ssh.DnsLookup;
import cloud.obiente.vpsgateway.ssh.OpenSshKeyParser;
import cloud.obiente.vpsgateway.ssh.OwnAddresses;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.TargetPolicy;
import cloud.obiente.vpsgateway.ssh.TargetResolver;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import cloud.obiente.vpsgateway.ssh.VpsDialer;
import cloud.obiente.vpsgateway.ssh.bastion.Bastion;
import cloud.obiente.vpsgateway.ssh.bastion.BastionDependencies;
import cloud.obiente.vpsgateway.ssh.bastion.BastionSettings;
import cloud.obiente.vpsgateway.ssh.bastion.ConnectionAdmission;
import cloud.obiente.vpsgateway.ssh.sqlite.SqliteSessionRecords;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.quarkus.netty.MainEventLoopGroup;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The beans of the SSH tunnels; rules as in {@link CoreBeans}. */
@Singleton
public class SshBeans {
    private static final int WRITERS = Math.max(2, Runtime.getRuntime().availableProcessors());

    @Produces
    @Singleton
    SshMeters sshMeters(MeterRegistry registry, Instance<Ipam> ipam) {
        return new SshMeters(registry, () -> ipam.get().snapshot());
    }

    @Produces
    @Singleton
    OwnAddresses ownAddresses() {
        return new OwnAddresses();
    }

    @Produces
    @Singleton
    SqliteSessionRecords sessionRecords(GatewaySettings settings, StateDirectory directory, Ipam ipam, Clock clock) {
        // After the allocations, which prepare where SQLite unpacks its library.
        return SqliteSessionRecords.start(
                directory.path().resolve("ssh.sqlite"), settings.ssh().recordDays(), clock, CoreBeans.daemons());
    }

    @Produces
    @Singleton
    TargetResolver targetResolver(
            GatewaySettings settings, Ipam ipam, OwnAddresses own, InterfaceWatch interfaceWatch, Vertx vertx) {
        DhcpSettings dhcp = settings.dhcp();
        TargetPolicy policy = new TargetPolicy(
                dhcp.subnet(),
                dhcp.router(),
                own,
                ipam::snapshot,
                settings.ssh().allowedTargets(),
                settings.ssh().allowedPorts());
        return new TargetResolver(
                ipam::snapshot,
                dhcp.domain(),
                new DnsLookup(vertx, interfaceWatch::ownAddress, dhcp.dnsPort()),
                policy);
    }

    @Produces
    @Singleton
    Tunnels tunnels(
            GatewaySettings settings,
            Descriptors descriptors,
            TargetResolver resolver,
            SshMeters meters,
            SqliteSessionRecords records,
            Clock clock) {
        Tunnels tunnels = new Tunnels(
                descriptors.within(settings.ssh()),
                resolver,
                new VpsDialer(SshSettings.DIAL_TIMEOUT, settings.ssh().keepAlive()),
                new OpenSshKeyParser(),
                meters,
                records,
                clock);
        meters.watch(tunnels.bufferedBytes());
        return tunnels;
    }

    @Produces
    @Singleton
    ConnectionAdmission admission(GatewaySettings settings, Descriptors descriptors) {
        return new ConnectionAdmission(
                settings.bastion()
                        .map(BastionSettings::limits)
                        .map(descriptors::within)
                        .orElse(new BastionSettings.Limits(0, 0, 0)),
                settings.bastion().map(BastionSettings::banTime).orElse(Duration.ZERO),
                System::nanoTime);
    }

    @Produces
    @Singleton
    BastionMeters bastionMeters(MeterRegistry registry, ConnectionAdmission admission) {
        return new BastionMeters(registry, admission);
    }

    @Produces
    @Singleton
    BastionLifecycle bastionLifecycle(
            GatewaySettings settings,
            StateDirectory directory,
            Tunnels tunnels,
            @MainEventLoopGroup EventLoopGroup loops,
            ConnectionAdmission admission,
            BastionMeters meters,
            Clock clock) {
        return new BastionLifecycle(settings.bastion()
                .map(wanted -> new Bastion(
                        wanted,
                        new BastionDependencies(
                                tunnels,
                                loops::next,
                                bastionThreads(),
                                admission,
                                meters,
                                directory.path(),
                                settings.ssh().limits(),
                                settings.ssh().keepAlive(),
                                clock,
                                ZoneId.systemDefault()))));
    }

    private static ExecutorService bastionThreads() {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory named = work -> {
            Thread thread = new Thread(work, "bastion-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        // After the end there is nobody left to write to, and tunnels may still say a last word.
        return new ThreadPoolExecutor(
                WRITERS,
                WRITERS,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                named,
                new ThreadPoolExecutor.DiscardPolicy());
    }
}

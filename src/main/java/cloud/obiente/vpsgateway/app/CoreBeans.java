package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.app.config.ApiSecretSettings;
import cloud.obiente.vpsgateway.app.config.DhcpMode;
import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.connections.PeerAddresses;
import cloud.obiente.vpsgateway.dnsmasq.DnsHealthProbe;
import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqHosts;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqLiveness;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.dnsmasq.UpstreamWatch;
import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEntitlement;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFile;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFilePlace;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseReleaser;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSaver;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.dnsmasq.lease.UdpReleaseSender;
import cloud.obiente.vpsgateway.grpc.GatewayInfo;
import cloud.obiente.vpsgateway.grpc.HealthCalls;
import cloud.obiente.vpsgateway.grpc.ReadOnlyMethods;
import cloud.obiente.vpsgateway.grpc.SharedSecret;
import cloud.obiente.vpsgateway.grpc.connect.RpcSettings;
import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.segment.AddressUse;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.ops.DescriptorCheck;
import cloud.obiente.vpsgateway.ops.GatewayMeters;
import cloud.obiente.vpsgateway.ops.OrganizationMeters;
import cloud.obiente.vpsgateway.ops.SshMeters;
import cloud.obiente.vpsgateway.ops.TimedStore;
import cloud.obiente.vpsgateway.reconcile.DnsmasqBackend;
import cloud.obiente.vpsgateway.reconcile.GuardEnforcement;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.reconcile.Reconciler;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The core beans. Producers only: each is called once, when {@link GatewayLifecycle} or the container first needs its bean.
 * Dependencies are parameters, so the order follows from them.
 */
@Singleton
public class CoreBeans {
    private static final Logger LOG = Logger.getLogger(CoreBeans.class);

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    GatewayMeters meters(MeterRegistry registry) {
        return new GatewayMeters(registry);
    }

    @Produces
    @Singleton
    OrganizationMeters organizationMeters(MeterRegistry registry, Clock clock) {
        return new OrganizationMeters(registry, clock);
    }

    @Produces
    @Singleton
    StateDirectory stateDirectory(GatewaySettings settings) {
        return StateDirectory.open(settings.dhcp().stateDirectory());
    }

    @Produces
    @Singleton
    Ipam ipam(
            GatewaySettings settings,
            StateDirectory directory,
            GatewayMeters meters,
            OrganizationMeters organizations,
            SshMeters ssh,
            Instance<LeaseWatcher> leases,
            Instance<MacInquiries> inquiries,
            Instance<SegmentWatch> segment,
            Clock clock) {
        // Not the temporary directory: it may forbid execution, and what a killed gateway unpacked there would stay.
        System.setProperty("org.sqlite.tmpdir", directory.emptyScratch().toString());
        AddressPool pool = PoolFactory.of(settings.dhcp());
        try {
            return Ipam.open(
                    new IpamSettings(
                            pool,
                            settings.dhcp().quarantine(),
                            (address, mac) -> isLeasedByOther(leases.get().latest(), address, mac, clock.instant())
                                    || isAnsweredByOther(segment.get().addressUse(), address, mac),
                            mac -> leasedTo(leases.get().latest(), mac, clock.instant()),
                            settings.reclaimAfter(),
                            Duration.ofDays(settings.eventDays())),
                    new TimedStore(SqliteAllocationStore.open(directory.path().resolve("ipam.sqlite")), meters),
                    clock,
                    daemons(),
                    organizations,
                    ssh,
                    new OtherShareNotice(pool),
                    changes -> inquiries.get().changed(changes),
                    changes -> segment.get().changed(changes));
        } catch (StoreException e) {
            throw new StartFailedException(e.getMessage());
        }
    }

    private static boolean isLeasedByOther(
            LeaseSnapshot leases, Ipv4Address address, Optional<MacAddress> mac, Instant now) {
        return leases.at(address)
                .filter(lease -> lease.isLive(now))
                .filter(lease -> !mac.equals(Optional.of(lease.mac())))
                .isPresent();
    }

    private static boolean isAnsweredByOther(AddressUse use, Ipv4Address address, Optional<MacAddress> mac) {
        return use.conflict(address)
                .filter(found -> !mac.equals(Optional.of(found.mac())))
                .isPresent();
    }

    private static Optional<Ipv4Address> leasedTo(LeaseSnapshot leases, MacAddress mac, Instant now) {
        return leases.of(mac).stream()
                .filter(lease -> lease.isLive(now))
                .map(Lease::address)
                .findFirst();
    }

    @Produces
    @Singleton
    InterfaceWatch interfaceWatch(GatewaySettings settings) {
        DhcpSettings dhcp = settings.dhcp();
        return new InterfaceWatch(dhcp.networkInterface(), dhcp.subnet(), dhcp.listenIp());
    }

    @Produces
    @Singleton
    LeaseFilePlace leaseFilePlace(GatewaySettings settings, StateDirectory directory) {
        Optional<Path> memory = settings.dhcp().mode() == DhcpMode.FULL
                ? MemoryDirectory.find(directory.path(), System.getenv())
                : Optional.empty();
        try {
            return LeaseFilePlace.open(directory.path(), memory);
        } catch (IOException e) {
            LOG.warnf("the lease file stays on the disk, where boot storms take longer: %s", e);
            return LeaseFilePlace.onDisk(directory.path());
        }
    }

    @Produces
    @Singleton
    LeaseSaver leaseSaver(LeaseFilePlace place) {
        return new LeaseSaver(place, daemons());
    }

    @Produces
    @Singleton
    DnsmasqSettings dnsmasqSettings(GatewaySettings settings, StateDirectory directory, LeaseFilePlace leases) {
        DhcpSettings dhcp = settings.dhcp();
        return new DnsmasqSettings(
                directory.path(),
                switch (dhcp.mode()) {
                    case FULL -> DnsmasqSettings.Service.DHCP_AND_DNS;
                    case DNS_ONLY -> DnsmasqSettings.Service.DNS_ONLY;
                },
                dhcp.networkInterface(),
                dhcp.listenIp(),
                dhcp.dnsPort(),
                dhcp.subnet(),
                dhcp.router(),
                dhcp.upstreamDns(),
                switch (dhcp.advertiseDns()) {
                    case BOTH -> DnsmasqSettings.AdvertisedDns.GATEWAY_THEN_UPSTREAM;
                    case GATEWAY -> DnsmasqSettings.AdvertisedDns.GATEWAY;
                    case UPSTREAM -> DnsmasqSettings.AdvertisedDns.UPSTREAM;
                },
                dhcp.domain(),
                dhcp.leaseTime(),
                PoolFactory.dynamicRange(dhcp),
                leases.file());
    }

    @Produces
    @Singleton
    UpstreamWatch upstreamWatch(DnsmasqSettings settings, InterfaceWatch interfaceWatch, Vertx vertx) {
        return new UpstreamWatch(settings.upstream(), vertx, interfaceWatch);
    }

    @Produces
    @Singleton
    Dnsmasq dnsmasq(
            DnsmasqSettings settings,
            Ipam ipam,
            InterfaceWatch interfaceWatch,
            GatewayMeters meters,
            Instance<MacResolver> macResolver,
            SegmentWatch segment,
            Vertx vertx,
            Clock clock) {
        return new Dnsmasq(
                settings,
                () -> hosts(ipam.snapshot(), settings, clock.instant()),
                new DnsmasqLiveness(new DnsHealthProbe(vertx, settings.domain()), interfaceWatch),
                new DnsmasqEvents(meters, macResolver::get, segment.otherGateways()::heard));
    }

    private static DnsmasqHosts hosts(IpamSnapshot state, DnsmasqSettings settings, Instant now) {
        return new DnsmasqHosts(
                HostEntries.of(state, settings.subnet()),
                settings.dynamicRange()
                        .map(dynamicRange -> state.excludedFromDynamicRange(dynamicRange.addresses(), now))
                        .orElse(Set.of()));
    }

    @Produces
    @Singleton
    LeaseFile leaseFile(DnsmasqSettings settings, Dnsmasq dnsmasq, Clock clock) {
        return new LeaseFile(settings.leasesFile(), clock, dnsmasq.leaseWriter());
    }

    @Produces
    @Singleton
    LeaseWatcher leaseWatcher(LeaseFile file, GatewayMeters meters) {
        return new LeaseWatcher(file, meters, daemons());
    }

    @Produces
    @Singleton
    LeaseEntitlement entitlement(Ipam ipam) {
        return address -> ipam.snapshot().nicOf(address);
    }

    @Produces
    @Singleton
    LeaseReleaser leaseReleaser(
            LeaseFile file,
            LeaseEntitlement entitlement,
            InterfaceWatch interfaceWatch,
            GatewayMeters meters,
            Clock clock) {
        return LeaseReleaser.start(
                file,
                entitlement,
                new UdpReleaseSender(interfaceWatch::candidates, new SecureRandom()::nextInt),
                meters,
                clock,
                LeaseReleaser.Timing.DEFAULT,
                daemons());
    }

    @Produces
    @Singleton
    Reconciler reconciler(
            GatewaySettings settings,
            Dnsmasq dnsmasq,
            LeaseWatcher leases,
            LeaseReleaser leaseReleaser,
            AddressGuard guard,
            Ipam ipam,
            LeaseEntitlement entitlement,
            GatewayMeters meters,
            Clock clock) {
        LeaseEntitlement adopting =
                settings.dhcp().unknownClients().adopts() ? new AdoptingEntitlement(ipam) : entitlement;
        return new Reconciler(dnsmasq, leases, leaseReleaser, guard, adopting, meters, clock, settings.checkInterval());
    }

    @Produces
    @Singleton
    Provisioner provisioner(
            Ipam ipam,
            GuardEnforcement enforcement,
            Dnsmasq dnsmasq,
            LeaseReleaser leaseReleaser,
            Reconciler reconciler) {
        return new Provisioner(ipam, enforcement, new DnsmasqBackend(dnsmasq, leaseReleaser, reconciler));
    }

    @Produces
    @Singleton
    GatewayInfo facts(
            GatewaySettings settings,
            InterfaceWatch interfaceWatch,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        DhcpSettings dhcp = settings.dhcp();
        return new GatewayInfo(
                version,
                dhcp.subnet(),
                dhcp.router(),
                () -> AdvertisedResolvers.advertised(
                        dhcp.advertiseDns(), interfaceWatch.ownAddress(), dhcp.upstreamDns()));
    }

    @Produces
    @Singleton
    RpcSettings rpcSettings(
            GatewaySettings settings,
            @ConfigProperty(name = "quarkus.grpc.server.max-inbound-message-size") int maxMessageBytes) {
        return new RpcSettings(
                maxMessageBytes, settings.corsOrigins(), ReadOnlyMethods.NAMES, HealthCalls.MESSAGE_LIMITS);
    }

    @Produces
    @Singleton
    SharedSecret sharedSecret(GatewaySettings settings, Clock clock) {
        ApiSecretSettings secret = settings.apiSecret();
        return new SharedSecret(secret.current(), secret.rule(), secret.overlap(), clock, LOG::warn);
    }

    /** Of the port of calls. */
    @Produces
    @Singleton
    PeerAddresses peerAddresses(MeterRegistry registry) {
        return GatedPorts.watched("grpc", nobody -> false, registry);
    }

    @Produces
    @Singleton
    DescriptorCheck.Shortage shortage(Descriptors descriptors) {
        return new DescriptorCheck.Shortage(descriptors.budget().limit(), descriptors.shortage());
    }

    @Produces
    @Singleton
    OwnAddressWatch ownAddressWatch(InterfaceWatch interfaceWatch, Ipam ipam, Provisioner provisioner) {
        return new OwnAddressWatch(interfaceWatch::candidates, ipam, provisioner);
    }

    static ThreadFactory daemons() {
        return work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        };
    }
}

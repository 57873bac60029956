package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.DnsHealthProbe;
import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqHosts;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqLiveness;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.dnsmasq.UpstreamWatch;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEntitlement;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFile;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFilePlace;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseReleaser;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSaver;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.dnsmasq.lease.UdpReleaseSender;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ops.GatewayMeters;
import cloud.obiente.vpsgateway.reconcile.AllocationEntitlement;
import cloud.obiente.vpsgateway.reconcile.HostEntries;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** The beans of dnsmasq, its files and its leases; rules as in {@link CoreBeans}. */
@Singleton
public class DnsmasqBeans {
    private static final Logger LOG = Logger.getLogger(DnsmasqBeans.class);

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
        return new LeaseSaver(place, CoreBeans.daemons());
    }

    @Produces
    @Singleton
    DnsmasqSettings dnsmasqSettings(GatewaySettings settings, StateDirectory directory, LeaseFilePlace leases) {
        DhcpSettings dhcp = settings.dhcp();
        return new DnsmasqSettings(
                directory.path(),
                dhcp.mode(),
                dhcp.networkInterface(),
                dhcp.listenIp(),
                dhcp.dnsPort(),
                dhcp.subnet(),
                dhcp.router(),
                dhcp.upstreamDns(),
                dhcp.advertiseDns(),
                dhcp.domain(),
                dhcp.leaseTime(),
                dhcp.dynamicRange(),
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
        return new LeaseWatcher(file, meters, CoreBeans.daemons());
    }

    @Produces
    @Singleton
    LeaseEntitlement entitlement(Ipam ipam) {
        return new AllocationEntitlement(ipam::snapshot, false);
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
                CoreBeans.daemons());
    }
}

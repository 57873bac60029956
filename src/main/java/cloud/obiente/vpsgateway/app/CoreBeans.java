package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEntitlement;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseReleaser;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.Reclaiming;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.ops.GatewayMeters;
import cloud.obiente.vpsgateway.ops.OrganizationMeters;
import cloud.obiente.vpsgateway.ops.SshMeters;
import cloud.obiente.vpsgateway.ops.TimedStore;
import cloud.obiente.vpsgateway.reconcile.AllocationEntitlement;
import cloud.obiente.vpsgateway.reconcile.DnsmasqBackend;
import cloud.obiente.vpsgateway.reconcile.GuardEnforcement;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.reconcile.Reconciler;
import cloud.obiente.vpsgateway.sync.UsageEvidence;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/**
 * The core beans. Producers only: each is called once, when {@link GatewayLifecycle} or the container first needs its bean.
 * Dependencies are parameters, so the order follows from them.
 */
@Singleton
public class CoreBeans {
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
            Instance<UsageEvidence> usage,
            Clock clock) {
        // Not the temporary directory: it may forbid execution, and what a killed gateway unpacked there would stay.
        System.setProperty("org.sqlite.tmpdir", directory.emptyScratch().toString());
        AddressPool pool = settings.dhcp().addressPool();
        try {
            return Ipam.open(
                    new IpamSettings(
                            pool,
                            settings.dhcp().quarantine(),
                            (address, mac) -> leases.get().latest().isHeldByOther(address, mac, clock.instant())
                                    || segment.get().addressUse().isUsedByOther(address, mac),
                            mac -> leases.get().latest().liveAddressOf(mac, clock.instant()),
                            settings.reclaimAfter()
                                    .map(after -> new Reclaiming(
                                            after, held -> !usage.get().isInUse(held))),
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

    @Produces
    @Singleton
    Reconciler reconciler(
            GatewaySettings settings,
            Dnsmasq dnsmasq,
            LeaseWatcher leases,
            LeaseReleaser leaseReleaser,
            AddressGuard guard,
            Ipam ipam,
            GatewayMeters meters,
            Clock clock) {
        LeaseEntitlement reconciled = new AllocationEntitlement(
                ipam::snapshot, settings.dhcp().unknownClients().adopts());
        return new Reconciler(
                dnsmasq, leases, leaseReleaser, guard, reconciled, meters, clock, settings.checkInterval());
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

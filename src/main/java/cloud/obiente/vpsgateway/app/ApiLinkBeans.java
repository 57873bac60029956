package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.FirstLeases;
import cloud.obiente.vpsgateway.apilink.LinkThread;
import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.apilink.UnaryCalls;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.grpc.GatewayInfo;
import cloud.obiente.vpsgateway.grpc.LinkedCalls;
import cloud.obiente.vpsgateway.grpc.SyncCalls;
import cloud.obiente.vpsgateway.hostnet.BridgePorts;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.ops.ApiLinkMeters;
import cloud.obiente.vpsgateway.reconcile.HostEntries;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.sync.ProvisionerMacBinder;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The beans of the API links and of what depends on them; rules as in {@link CoreBeans}. */
@Singleton
public class ApiLinkBeans {
    @Produces
    @Singleton
    LinkThread linkThread() {
        return new LinkThread();
    }

    @Produces
    @Singleton
    ApiLinkMeters linkMeters(MeterRegistry registry) {
        return new ApiLinkMeters(registry);
    }

    @Produces
    @Singleton
    UnaryCalls unaryCalls(@Any Instance<BindableService> services, SyncCalls syncs) {
        return new LinkedCalls(
                services.stream()
                        .map(BindableService::bindService)
                        .filter(ApiLinkBeans::isOurs)
                        .findFirst()
                        .orElseThrow(),
                syncs::sync);
    }

    private static boolean isOurs(ServerServiceDefinition service) {
        return service.getServiceDescriptor().getName().equals(VPSGatewayServiceGrpc.SERVICE_NAME);
    }

    @Produces
    @Singleton
    MacInquiries macInquiries(
            LinkThread thread,
            Ipam ipam,
            LeaseWatcher leases,
            GatewaySettings settings,
            ApiLinkMeters meters,
            Clock clock) {
        return new MacInquiries(
                thread,
                new MonotonicClock(clock.instant()),
                new FirstLeases(ipam::snapshot, leases::latest, clock),
                new BridgePortReader(new BridgePorts(settings.dhcp().networkInterface())),
                meters);
    }

    @Produces
    @Singleton
    ApiLinkRegistry apiLinks(
            LinkThread thread,
            UnaryCalls calls,
            GatewaySettings settings,
            GatewayInfo facts,
            MacInquiries inquiries,
            ApiLinkMeters meters,
            Instance<MacResolver> macResolver,
            Clock clock) {
        Ipv4Range pool = settings.dhcp().pool();
        GatewayRegistration self = GatewayRegistration.newBuilder()
                .setVersion(facts.version())
                .setDhcpPoolStart(pool.first().toString())
                .setDhcpPoolEnd(pool.last().toString())
                .setSubnetMask(facts.subnet().mask().toString())
                .build();
        return new ApiLinkRegistry(
                thread,
                clock,
                new MonotonicClock(clock.instant()),
                calls,
                () -> self,
                inquiries,
                meters,
                () -> macResolver.get().apiRegistered());
    }

    @Produces
    @Singleton
    MacResolver macResolver(
            GatewaySettings settings,
            DnsmasqSettings dnsmasq,
            ApiLinkRegistry links,
            Ipam ipam,
            LeaseWatcher leases,
            Provisioner provisioner,
            ApiLinkMeters meters,
            Clock clock) {
        return new MacResolver(
                settings.dhcp().unknownClients(),
                dnsmasq.maxLeaseTime(),
                links,
                ipam::snapshot,
                leases::latest,
                mac -> HostEntries.isServedPublicly(mac, ipam.snapshot(), dnsmasq.subnet()),
                new ProvisionerMacBinder(provisioner),
                meters,
                clock);
    }
}

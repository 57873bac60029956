package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.ApiLinks;
import cloud.obiente.vpsgateway.apilink.FirstLeases;
import cloud.obiente.vpsgateway.apilink.Healer;
import cloud.obiente.vpsgateway.apilink.LinkThread;
import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.apilink.UnaryCalls;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.grpc.GatewayFacts;
import cloud.obiente.vpsgateway.grpc.LinkedCalls;
import cloud.obiente.vpsgateway.grpc.SyncCalls;
import cloud.obiente.vpsgateway.hostnet.BridgePorts;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.ops.ApiLinkMeters;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
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

/** Which room gets which other room, as in {@link Rooms}: the links to the API and what hangs on them. */
@Singleton
public class LinkRooms {
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
                        .filter(LinkRooms::isOurs)
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
                new SteadyClock(clock.instant()),
                new FirstLeases(ipam::snapshot, leases::latest, clock),
                new BridgeReader(new BridgePorts(settings.dhcp().networkInterface())),
                meters);
    }

    @Produces
    @Singleton
    ApiLinks apiLinks(
            LinkThread thread,
            UnaryCalls calls,
            GatewaySettings settings,
            GatewayFacts facts,
            MacInquiries inquiries,
            ApiLinkMeters meters,
            Instance<Healer> healer,
            Clock clock) {
        Ipv4Range pool = settings.dhcp().pool();
        GatewayRegistration self = GatewayRegistration.newBuilder()
                .setVersion(facts.version())
                .setDhcpPoolStart(pool.first().toString())
                .setDhcpPoolEnd(pool.last().toString())
                .setSubnetMask(facts.subnet().mask().toString())
                .build();
        return new ApiLinks(
                thread,
                clock,
                new SteadyClock(clock.instant()),
                calls,
                () -> self,
                inquiries,
                meters,
                () -> healer.get().apiRegistered());
    }

    @Produces
    @Singleton
    Healer healer(
            GatewaySettings settings,
            ApiLinks links,
            Ipam ipam,
            LeaseWatcher leases,
            Provisioner provisioner,
            ApiLinkMeters meters,
            Clock clock) {
        return new Healer(
                settings.dhcp().unknownClients(),
                links,
                ipam::snapshot,
                leases::latest,
                card -> HostEntries.isServedPublicly(
                        card, ipam.snapshot(), settings.dhcp().subnet()),
                new HealingBindings(provisioner),
                meters,
                clock);
    }
}

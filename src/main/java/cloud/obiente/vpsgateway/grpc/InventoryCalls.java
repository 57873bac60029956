package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFile;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoResponse;
import cloud.obiente.vpsgateway.v1.GetLeasesResponse;
import cloud.obiente.vpsgateway.v1.GetOrgLeasesRequest;
import cloud.obiente.vpsgateway.v1.GetOrgLeasesResponse;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.ListIPsResponse;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The calls that only tell. Stateless; the lease file is read on a worker thread. */
@ApplicationScoped
public class InventoryCalls {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);

    private final Ipam ipam;
    private final Dnsmasq dnsmasq;
    private final LeaseFile leaseFile;
    private final LeaseWatcher leases;
    private final Tunnels tunnels;
    private final GatewayInfo facts;
    private final Clock clock;

    InventoryCalls(
            Ipam ipam,
            Dnsmasq dnsmasq,
            LeaseFile leaseFile,
            LeaseWatcher leases,
            Tunnels tunnels,
            GatewayInfo facts,
            Clock clock) {
        this.ipam = ipam;
        this.dnsmasq = dnsmasq;
        this.leaseFile = leaseFile;
        this.leases = leases;
        this.tunnels = tunnels;
        this.facts = facts;
        this.clock = clock;
    }

    Uni<ListIPsResponse> list(ListIPsRequest request) {
        RequestFields fields = new RequestFields();
        Optional<OrganizationId> organization =
                fields.optional("organization_id", request.getOrganizationId(), OrganizationId::parse);
        Optional<VpsId> vps = fields.optional("vps_id", request.getVpsId(), VpsId::parse);
        fields.throwIfInvalid();
        LeaseSnapshot live = leases.latest();
        Instant now = clock.instant();
        ListIPsResponse.Builder response = ListIPsResponse.newBuilder();
        ipam.snapshot().all().stream()
                .filter(belongsTo(organization, vps))
                .sorted(ListOrder.of(vps))
                .forEach(allocation -> response.addAllocations(ProtoMapper.allocation(allocation, live, now)));
        return Uni.createFrom().item(response.build());
    }

    Uni<GetLeasesResponse> leases() {
        return readLeases().map(snapshot -> {
            GetLeasesResponse.Builder response = GetLeasesResponse.newBuilder();
            snapshot.live(clock.instant()).forEach(lease -> response.addLeases(ProtoMapper.lease(lease)));
            return response.build();
        });
    }

    Uni<GetOrgLeasesResponse> orgLeases(GetOrgLeasesRequest request) {
        RequestFields fields = new RequestFields();
        OrganizationId organization =
                fields.required("organization_id", request.getOrganizationId(), OrganizationId::parse);
        Optional<VpsId> vps = fields.optional("vps_id", request.getVpsId(), VpsId::parse);
        fields.throwIfInvalid();
        return readLeases().map(snapshot -> {
            Instant now = clock.instant();
            GetOrgLeasesResponse.Builder response = GetOrgLeasesResponse.newBuilder();
            ipam.snapshot().all().stream()
                    .filter(belongsTo(Optional.of(organization), vps))
                    .forEach(allocation -> ProtoMapper.leaseOf(allocation, snapshot, now)
                            .ifPresent(lease -> response.addLeases(ProtoMapper.orgLease(allocation, lease))));
            return response.build();
        });
    }

    Uni<GetGatewayInfoResponse> info() {
        IpamSnapshot snapshot = ipam.snapshot();
        return Uni.createFrom()
                .item(GetGatewayInfoResponse.newBuilder()
                        .setVersion(facts.version())
                        .setDhcpPoolStart(snapshot.pool().range().first().toString())
                        .setDhcpPoolEnd(snapshot.pool().range().last().toString())
                        .setSubnetMask(facts.subnet().mask().toString())
                        .setGatewayIp(facts.router().toString())
                        .addAllDnsServers(facts.dnsServers().get().stream()
                                .map(Ipv4Address::toString)
                                .toList())
                        .setTotalIps(snapshot.poolSize())
                        .setAllocatedIps(snapshot.allocatedInPool())
                        .setDhcpStatus(dhcpStatus())
                        .setSshProxyStatus(tunnels.status().name().toLowerCase(Locale.ROOT))
                        .build());
    }

    private String dhcpStatus() {
        DnsmasqStatus status = dnsmasq.status();
        if (status.fault().isPresent()) {
            return "error";
        }
        return status.serving() && dnsmasq.servesDhcp() ? "running" : "stopped";
    }

    private static Predicate<Allocation> belongsTo(Optional<OrganizationId> organization, Optional<VpsId> vps) {
        return allocation -> organization.map(allocation.organization()::equals).orElse(true)
                && vps.map(allocation.vps()::equals).orElse(true);
    }

    private Uni<LeaseSnapshot> readLeases() {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return leaseFile.readStable(READ_TIMEOUT);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .onFailure(UncheckedIOException.class)
                .transform(e -> StatusMapper.unavailable(
                        "the lease file cannot be read: " + e.getCause().getMessage() + "; try again"));
    }
}

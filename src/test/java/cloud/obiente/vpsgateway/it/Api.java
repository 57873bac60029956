package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPResponse;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoRequest;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoResponse;
import cloud.obiente.vpsgateway.v1.GetLeasesRequest;
import cloud.obiente.vpsgateway.v1.GetOrgLeasesRequest;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.OrgLeaseRecord;
import cloud.obiente.vpsgateway.v1.ReleaseIPRequest;
import cloud.obiente.vpsgateway.v1.ReleaseIPResponse;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPRequest;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPResponse;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc.VPSGatewayServiceBlockingStub;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** The calls of an API instance, all for the organization {@link #ORGANIZATION}. Threads may share it. */
final class Api implements AutoCloseable {
    static final String ORGANIZATION = "org-1";

    private final GatewayClient client;

    Api(GatewayClient client) {
        this.client = client;
    }

    GatewayClient client() {
        return client;
    }

    /** The stub itself, for requests that have no shorthand here. */
    VPSGatewayServiceBlockingStub calls() {
        return client.calls();
    }

    Ipv4Address allocate(String vps) {
        return allocate(AllocateIPRequest.newBuilder().setVpsId(vps));
    }

    Ipv4Address allocate(String vps, MacAddress mac) {
        return allocate(AllocateIPRequest.newBuilder().setVpsId(vps).setMacAddress(mac.toString()));
    }

    /** The preferred address, or a failure. */
    Ipv4Address allocate(String vps, MacAddress mac, Ipv4Address preferred) {
        return allocate(AllocateIPRequest.newBuilder()
                .setVpsId(vps)
                .setMacAddress(mac.toString())
                .setPreferredIp(preferred.toString()));
    }

    /** The preferred address, or a failure; no NIC gets it. */
    Ipv4Address allocate(String vps, String preferred) {
        return allocate(AllocateIPRequest.newBuilder().setVpsId(vps).setPreferredIp(preferred));
    }

    private Ipv4Address allocate(AllocateIPRequest.Builder request) {
        return Ipv4Address.parse(
                calls().allocateIP(request.setOrganizationId(ORGANIZATION).build())
                        .getIpAddress());
    }

    ReleaseIPResponse release(String vps) {
        return calls().releaseIP(ReleaseIPRequest.newBuilder().setVpsId(vps).build());
    }

    void bind(String vps, MacAddress mac, Ipv4Address address) {
        calls().addStaticDHCPLease(AddStaticDHCPLeaseRequest.newBuilder()
                .setVpsId(vps)
                .setOrganizationId(ORGANIZATION)
                .setMacAddress(mac.toString())
                .setIpAddress(address.toString())
                .build());
    }

    void unbind(String vps, MacAddress mac, Ipv4Address address) {
        calls().removeStaticDHCPLease(RemoveStaticDHCPLeaseRequest.newBuilder()
                .setVpsId(vps)
                .setMacAddress(mac.toString())
                .setIpAddress(address.toString())
                .build());
    }

    AllocatePublicIPResponse assignPublic(String vps, MacAddress mac, Ipv4Address address) {
        return calls().allocatePublicIP(AllocatePublicIPRequest.newBuilder()
                .setVpsId(vps)
                .setOrganizationId(ORGANIZATION)
                .setMacAddress(mac.toString())
                .setPublicIp(address.toString())
                .build());
    }

    ReleasePublicIPResponse releasePublic(String vps, Ipv4Address address) {
        return calls().releasePublicIP(ReleasePublicIPRequest.newBuilder()
                .setVpsId(vps)
                .setPublicIp(address.toString())
                .build());
    }

    SyncAllocationsResponse sync(Holding... desired) {
        return sync(Stream.of(desired).map(Api::desired).toList());
    }

    SyncAllocationsResponse sync(Collection<DesiredAllocation> desired) {
        return calls().syncAllocations(SyncAllocationsRequest.newBuilder()
                .addAllAllocations(desired)
                .build());
    }

    static DesiredAllocation desired(Holding holding) {
        return DesiredAllocation.newBuilder()
                .setVpsId(holding.vps())
                .setOrganizationId(ORGANIZATION)
                .setIpAddress(holding.address().toString())
                .setMacAddress(holding.mac().toString())
                .build();
    }

    List<IPAllocation> list() {
        return calls().listIPs(ListIPsRequest.getDefaultInstance()).getAllocationsList();
    }

    List<LeaseRecord> leases() {
        return calls().getLeases(GetLeasesRequest.getDefaultInstance()).getLeasesList();
    }

    List<OrgLeaseRecord> orgLeases(String organization) {
        return calls().getOrgLeases(GetOrgLeasesRequest.newBuilder()
                        .setOrganizationId(organization)
                        .build())
                .getLeasesList();
    }

    GetGatewayInfoResponse info() {
        return calls().getGatewayInfo(GetGatewayInfoRequest.getDefaultInstance());
    }

    @Override
    public void close() {
        client.close();
    }
}

package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseResponse;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPResponse;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoRequest;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoResponse;
import cloud.obiente.vpsgateway.v1.GetLeasesRequest;
import cloud.obiente.vpsgateway.v1.GetLeasesResponse;
import cloud.obiente.vpsgateway.v1.GetOrgLeasesRequest;
import cloud.obiente.vpsgateway.v1.GetOrgLeasesResponse;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.ListIPsResponse;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import cloud.obiente.vpsgateway.v1.ReleaseIPRequest;
import cloud.obiente.vpsgateway.v1.ReleaseIPResponse;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPRequest;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPResponse;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseResponse;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayService;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The methods of the contract, each handed to the class that knows its subject. Called on the event loop; never waits. */
@GrpcService
public class VpsGatewayService implements VPSGatewayService {
    private final AddressCalls addresses;
    private final PublicAddressCalls publicAddresses;
    private final InventoryCalls inventory;
    private final SyncCalls syncs;

    VpsGatewayService(
            AddressCalls addresses, PublicAddressCalls publicAddresses, InventoryCalls inventory, SyncCalls syncs) {
        this.addresses = addresses;
        this.publicAddresses = publicAddresses;
        this.inventory = inventory;
        this.syncs = syncs;
    }

    @Override
    public Uni<AllocateIPResponse> allocateIP(AllocateIPRequest request) {
        return addresses.allocate(request);
    }

    @Override
    public Uni<ReleaseIPResponse> releaseIP(ReleaseIPRequest request) {
        return addresses.release(request);
    }

    @Override
    public Uni<AddStaticDHCPLeaseResponse> addStaticDHCPLease(AddStaticDHCPLeaseRequest request) {
        return request.getIsPublic() ? publicAddresses.bind(request) : addresses.bind(request);
    }

    @Override
    public Uni<RemoveStaticDHCPLeaseResponse> removeStaticDHCPLease(RemoveStaticDHCPLeaseRequest request) {
        return request.getIsPublic() ? publicAddresses.unbind(request) : addresses.unbind(request);
    }

    @Override
    public Uni<SyncAllocationsResponse> syncAllocations(SyncAllocationsRequest request) {
        return syncs.sync(request);
    }

    @Override
    public Uni<ListIPsResponse> listIPs(ListIPsRequest request) {
        return inventory.list(request);
    }

    @Override
    public Uni<GetGatewayInfoResponse> getGatewayInfo(GetGatewayInfoRequest request) {
        return inventory.info();
    }

    @Override
    public Uni<GetLeasesResponse> getLeases(GetLeasesRequest request) {
        return inventory.leases();
    }

    @Override
    public Uni<GetOrgLeasesResponse> getOrgLeases(GetOrgLeasesRequest request) {
        return inventory.orgLeases(request);
    }

    @Override
    public Uni<AllocatePublicIPResponse> allocatePublicIP(AllocatePublicIPRequest request) {
        return publicAddresses.allocate(request);
    }

    @Override
    public Uni<ReleasePublicIPResponse> releasePublicIP(ReleasePublicIPRequest request) {
        return publicAddresses.release(request);
    }

    @Override
    public Multi<GatewayMessage> registerGateway(Multi<GatewayMessage> messages) {
        throw new IllegalStateException("RegisterGatewayStream serves this method");
    }

    /** Never called: {@link ProxySshCalls} takes its place, because a Multi of requests has no bound. */
    @Override
    public Multi<ProxySSHResponse> proxySSH(Multi<ProxySSHRequest> messages) {
        throw new UnsupportedOperationException("ProxySSH is served at the level of the call");
    }
}

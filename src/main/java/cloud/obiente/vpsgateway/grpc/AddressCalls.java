package cloud.obiente.vpsgateway.grpc;

import static cloud.obiente.vpsgateway.grpc.Responses.addresses;
import static cloud.obiente.vpsgateway.grpc.Responses.answer;
import static cloud.obiente.vpsgateway.grpc.Responses.cancellation;

import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.hostnet.segment.AddressUse;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.BindCommand;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.UnbindCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseResponse;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.ReleaseIPRequest;
import cloud.obiente.vpsgateway.v1.ReleaseIPResponse;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseResponse;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The calls that change who has which private address, and the list of all. Stateless. */
@ApplicationScoped
public class AddressCalls {
    private final Ipam ipam;
    private final Provisioner provisioner;
    private final LeaseWatcher leases;
    private final GatewayInfo facts;
    private final Clock clock;
    private final MacInquiries inquiries;
    private final AddressUse addressUse;

    AddressCalls(
            Ipam ipam,
            Provisioner provisioner,
            LeaseWatcher leases,
            GatewayInfo facts,
            Clock clock,
            MacInquiries inquiries,
            SegmentWatch segment) {
        this.ipam = ipam;
        this.provisioner = provisioner;
        this.leases = leases;
        this.facts = facts;
        this.clock = clock;
        this.inquiries = inquiries;
        this.addressUse = segment.addressUse();
    }

    Uni<AllocateIPResponse> allocate(AllocateIPRequest request) {
        RequestFields fields = new RequestFields();
        VpsId vps = fields.vps(request.getVpsId());
        OrganizationId organization = fields.organization(request.getOrganizationId());
        Optional<MacAddress> mac = fields.optionalMac(request.getMacAddress());
        Optional<Ipv4Address> preferred = fields.optional("preferred_ip", request.getPreferredIp(), Ipv4Address::parse);
        fields.throwIfInvalid();
        inquiries.mentioned(mac.stream().toList());
        return answer(
                provisioner.submit(
                        CallerInterceptor.current(),
                        new AllocateCommand(vps, organization, mac, preferred),
                        cancellation()),
                provisioned -> allocated(provisioned.value()));
    }

    private AllocateIPResponse allocated(Allocation allocation) {
        Instant now = clock.instant();
        return AllocateIPResponse.newBuilder()
                .setIpAddress(allocation.address().toString())
                .setSubnetMask(facts.subnet().mask().toString())
                .setGateway(facts.router().toString())
                .addAllDnsServers(facts.dnsServers().get().stream()
                        .map(Ipv4Address::toString)
                        .toList())
                .setLeaseExpires(ProtoMapper.leaseExpires(allocation, leases.latest(), now))
                .build();
    }

    Uni<ReleaseIPResponse> release(ReleaseIPRequest request) {
        RequestFields fields = new RequestFields();
        VpsId vps = fields.vps(request.getVpsId());
        Optional<Ipv4Address> address = fields.optional("ip_address", request.getIpAddress(), Ipv4Address::parse);
        fields.throwIfInvalid();
        return answer(
                provisioner.submit(CallerInterceptor.current(), new ReleaseCommand(vps, address), cancellation()),
                done -> ReleaseIPResponse.newBuilder()
                        .setSuccess(true)
                        .setMessage(done.describe("released " + addresses(done.value())))
                        .build());
    }

    Uni<AddStaticDHCPLeaseResponse> bind(AddStaticDHCPLeaseRequest request) {
        RequestFields fields = new RequestFields();
        VpsId vps = fields.vps(request.getVpsId());
        OrganizationId organization = fields.organization(request.getOrganizationId());
        MacAddress mac = fields.mac(request.getMacAddress());
        Ipv4Address address = fields.required("ip_address", request.getIpAddress(), Ipv4Address::parse);
        fields.throwIfInvalid();
        inquiries.mentioned(List.of(mac));
        return answer(
                provisioner.submit(
                        CallerInterceptor.current(), new BindCommand(vps, organization, mac, address), cancellation()),
                done -> AddStaticDHCPLeaseResponse.newBuilder()
                        .setSuccess(true)
                        .setMessage(done.describe(address + " is bound to " + mac + warning(address, mac)))
                        .build());
    }

    /** The caller has named the address, and gets it; but it may not work. */
    private String warning(Ipv4Address address, MacAddress mac) {
        AddressPool pool = ipam.snapshot().pool();
        String share = pool.isOfAnotherShare(address)
                ? "; warning: it is outside of this gateway's share " + pool.share()
                : "";
        return share
                + addressUse
                        .answeredBy(address)
                        .filter(other -> !other.equals(mac))
                        .map(other -> "; warning: " + other + " answers ARP for it")
                        .orElse("");
    }

    Uni<RemoveStaticDHCPLeaseResponse> unbind(RemoveStaticDHCPLeaseRequest request) {
        RequestFields fields = new RequestFields();
        Optional<VpsId> vps = fields.optional("vps_id", request.getVpsId(), VpsId::parse);
        Optional<MacAddress> mac = fields.optionalMac(request.getMacAddress());
        Optional<Ipv4Address> address = fields.optional("ip_address", request.getIpAddress(), Ipv4Address::parse);
        if (vps.isEmpty() && mac.isEmpty() && address.isEmpty() && fields.isValid()) {
            fields.addError("vps_id", "is required, or mac_address, or ip_address");
        }
        fields.throwIfInvalid();
        return answer(
                provisioner.submit(CallerInterceptor.current(), new UnbindCommand(vps, mac, address), cancellation()),
                done -> RemoveStaticDHCPLeaseResponse.newBuilder()
                        .setSuccess(true)
                        .setMessage(done.describe("released " + addresses(done.value())))
                        .build());
    }
}

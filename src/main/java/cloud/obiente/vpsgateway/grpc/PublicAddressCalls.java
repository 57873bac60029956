package cloud.obiente.vpsgateway.grpc;

import static cloud.obiente.vpsgateway.grpc.Responses.addresses;
import static cloud.obiente.vpsgateway.grpc.Responses.answer;
import static cloud.obiente.vpsgateway.grpc.Responses.cancellation;

import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.grpc.Responses.AppliedCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AssignPublicCommand;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.ReleasePublicCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.SpecialUse;
import cloud.obiente.vpsgateway.net.Subnet;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.ssh.OwnAddresses;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseResponse;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPResponse;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPRequest;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPResponse;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseResponse;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The calls that change who has which public address. Stateless. */
@ApplicationScoped
public class PublicAddressCalls {
    private static final String DEFAULT_NETMASK = "24";

    private final Provisioner provisioner;
    private static final Logger LOG = Logger.getLogger(PublicAddressCalls.class);

    private final Ipam ipam;
    private final MacInquiries inquiries;
    private final Supplier<Set<Ipv4Address>> ownAddresses;

    PublicAddressCalls(Ipam ipam, Provisioner provisioner, MacInquiries inquiries, OwnAddresses ownAddresses) {
        this.ipam = ipam;
        this.provisioner = provisioner;
        this.inquiries = inquiries;
        this.ownAddresses = ownAddresses;
    }

    Uni<AllocatePublicIPResponse> allocate(AllocatePublicIPRequest request) {
        RequestFields fields = new RequestFields();
        VpsId vps = fields.vps(request.getVpsId());
        OrganizationId organization = fields.organization(request.getOrganizationId());
        MacAddress mac = fields.mac(request.getMacAddress());
        Ipv4Address address = fields.required("public_ip", request.getPublicIp(), PublicAddressCalls::parsePublic);
        Optional<Ipv4Address> named = fields.optional("gateway", request.getGateway(), PublicAddressCalls::parsePublic);
        String netmask = request.getNetmask().isEmpty() ? DEFAULT_NETMASK : request.getNetmask();
        Integer prefix = fields.text("netmask", netmask, Subnet::parsePrefix);
        if (fields.isValid()) {
            fields.rejectOwnAddress("public_ip", address, ownAddresses);
        }
        if (fields.isValid()) {
            checkNetwork(fields, address, named, prefix);
        }
        fields.throwIfInvalid();
        Ipv4Address gateway =
                named.orElseGet(() -> Subnet.around(address, prefix).hosts().first());
        return answer(
                assign(new AssignPublicCommand(vps, organization, mac, address)),
                done -> AllocatePublicIPResponse.newBuilder()
                        .setIpAddress(address.toString())
                        .setGateway(gateway.toString())
                        .setNetmask(netmask)
                        .setSuccess(true)
                        .setMessage(assigned(done, mac))
                        .build());
    }

    /** What is told to the VPS must make sense there: a host of its network, with a router that is somebody else. */
    private static void checkNetwork(
            RequestFields fields, Ipv4Address address, Optional<Ipv4Address> gateway, int prefix) {
        Subnet network = Subnet.around(address, prefix);
        if (!network.hosts().contains(address)) {
            fields.addError("public_ip", "'" + address + "' is not a host of " + network + ", which netmask gives");
        } else if (gateway.orElse(network.hosts().first()).equals(address)) {
            fields.addError(
                    "gateway",
                    gateway.isPresent()
                            ? "'" + address + "' is the VPS's own address"
                            : "is required, because " + address + " is the first host of " + network);
        }
    }

    Uni<AddStaticDHCPLeaseResponse> bind(AddStaticDHCPLeaseRequest request) {
        RequestFields fields = new RequestFields();
        VpsId vps = fields.vps(request.getVpsId());
        OrganizationId organization = fields.organization(request.getOrganizationId());
        MacAddress mac = fields.mac(request.getMacAddress());
        Ipv4Address address = fields.required("ip_address", request.getIpAddress(), PublicAddressCalls::parsePublic);
        if (fields.isValid()) {
            fields.rejectOwnAddress("ip_address", address, ownAddresses);
        }
        fields.throwIfInvalid();
        return answer(
                assign(new AssignPublicCommand(vps, organization, mac, address)),
                done -> AddStaticDHCPLeaseResponse.newBuilder()
                        .setSuccess(true)
                        .setMessage(assigned(done, mac))
                        .build());
    }

    Uni<ReleasePublicIPResponse> release(ReleasePublicIPRequest request) {
        RequestFields fields = new RequestFields();
        VpsId vps = fields.vps(request.getVpsId());
        Ipv4Address address = fields.required("public_ip", request.getPublicIp(), Ipv4Address::parse);
        Optional<MacAddress> mac = fields.optionalMac(request.getMacAddress());
        fields.throwIfInvalid();
        return answer(
                end(new ReleasePublicCommand(address, Optional.of(vps), mac)),
                done -> ReleasePublicIPResponse.newBuilder()
                        .setSuccess(true)
                        .setMessage(released(done))
                        .build());
    }

    /** Unlike a private one, which its VPS or its MAC names as well, a public address has to be named itself. */
    Uni<RemoveStaticDHCPLeaseResponse> unbind(RemoveStaticDHCPLeaseRequest request) {
        RequestFields fields = new RequestFields();
        Optional<VpsId> vps = fields.optional("vps_id", request.getVpsId(), VpsId::parse);
        Optional<MacAddress> mac = fields.optionalMac(request.getMacAddress());
        Ipv4Address address = fields.required("ip_address", request.getIpAddress(), Ipv4Address::parse);
        fields.throwIfInvalid();
        return answer(
                end(new ReleasePublicCommand(address, vps, mac)), done -> RemoveStaticDHCPLeaseResponse.newBuilder()
                        .setSuccess(true)
                        .setMessage(released(done))
                        .build());
    }

    private CompletionStage<ProvisionResult<Allocation>> assign(AssignPublicCommand command) {
        inquiries.mentioned(List.of(command.mac()));
        return provisioner.assignPublic(CallerInterceptor.current(), command, cancellation());
    }

    private CompletionStage<ProvisionResult<List<Allocation>>> end(ReleasePublicCommand command) {
        return provisioner.releasePublic(CallerInterceptor.current(), command, cancellation());
    }

    private String assigned(AppliedCommand<Allocation> done, MacAddress asked) {
        Allocation held = done.value();
        MacAddress pinned = held.mac().orElse(asked);
        return done.describe(held.address() + " is pinned to " + pinned + remark(held, asked));
    }

    /** The API names any MAC that it has ever had for the VPS, also that of a NIC that is gone. */
    private String remark(Allocation held, MacAddress asked) {
        if (!held.mac().equals(Optional.of(asked))) {
            return ": it has taken the place of " + asked + " in " + held.vps();
        }
        boolean isForeign = ipam.snapshot()
                .privateOf(held.vps())
                .flatMap(Allocation::mac)
                .filter(own -> !own.equals(asked))
                .isPresent();
        if (!isForeign) {
            return "";
        }
        LOG.warnf("%s of %s is pinned to %s, a MAC that this VPS has not had here", held.address(), held.vps(), asked);
        return " (warning: " + held.vps() + " has not had that MAC here; what it sends from another is dropped)";
    }

    private static String released(AppliedCommand<List<Allocation>> done) {
        return done.describe("released " + addresses(done.value()));
    }

    private static Ipv4Address parsePublic(String text) {
        Ipv4Address address = Ipv4Address.parse(text);
        SpecialUse.of(address).ifPresent(use -> {
            throw new InvalidValueException(text, "the address of a host; this is " + use.description());
        });
        return address;
    }
}

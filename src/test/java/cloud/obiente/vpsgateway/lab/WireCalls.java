package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.lab.api.GatewayCalls;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseResponse;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.ListIPsResponse;
import cloud.obiente.vpsgateway.v1.ReleaseIPRequest;
import cloud.obiente.vpsgateway.v1.ReleaseIPResponse;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseResponse;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The model's calls as messages, with the deadlines that the deployed API has; by whichever way they are sent. */
final class WireCalls implements GatewayCalls {
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RELEASE_DEADLINE = Duration.ofSeconds(5);

    private final Sender sender;
    private final Return back;

    /** Carries one call. */
    interface Sender {
        <T extends Message> CompletableFuture<T> send(String method, Message request, Parser<T> answers);
    }

    /** Brings what comes back to the thread that it is for. */
    interface Return {
        <T> CompletionStage<T> to(CompletionStage<T> stage);
    }

    WireCalls(Sender sender, Return back) {
        this.sender = sender;
        this.back = back;
    }

    private <T extends Message> CompletableFuture<T> send(
            String method, Message request, Parser<T> answers, Duration deadline) {
        return sender.send(method, request, answers).orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
        return back.to(send(
                        "AllocateIP",
                        AllocateIPRequest.newBuilder()
                                .setVpsId(vps)
                                .setOrganizationId(organization)
                                .setMacAddress(mac.toString())
                                .build(),
                        AllocateIPResponse.parser(),
                        DEFAULT_DEADLINE)
                .thenApply(given -> Ipv4Address.parse(given.getIpAddress())));
    }

    @Override
    public CompletionStage<Void> release(String vps) {
        return back.to(send(
                        "ReleaseIP",
                        ReleaseIPRequest.newBuilder().setVpsId(vps).build(),
                        ReleaseIPResponse.parser(),
                        RELEASE_DEADLINE)
                .thenApply(done -> null));
    }

    @Override
    public CompletionStage<List<LeaseEntry>> listIps() {
        return back.to(send("ListIPs", ListIPsRequest.getDefaultInstance(), ListIPsResponse.parser(), DEFAULT_DEADLINE)
                .thenApply(listed -> listed.getAllocationsList().stream()
                        .map(WireCalls::entry)
                        .toList()));
    }

    @Override
    public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
        return back.to(send(
                        "AddStaticDHCPLease",
                        AddStaticDHCPLeaseRequest.newBuilder()
                                .setVpsId(lease.vps())
                                .setOrganizationId(lease.organization())
                                .setIpAddress(lease.address().toString())
                                .setMacAddress(text(lease.mac()))
                                .setIsPublic(lease.isPublic())
                                .build(),
                        AddStaticDHCPLeaseResponse.parser(),
                        DEFAULT_DEADLINE)
                .thenApply(done -> null));
    }

    @Override
    public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
        return back.to(send(
                        "RemoveStaticDHCPLease",
                        RemoveStaticDHCPLeaseRequest.newBuilder()
                                .setVpsId(lease.vps())
                                .setOrganizationId(lease.organization())
                                .setIpAddress(lease.address().toString())
                                .setMacAddress(text(lease.mac()))
                                .setIsPublic(lease.isPublic())
                                .build(),
                        RemoveStaticDHCPLeaseResponse.parser(),
                        DEFAULT_DEADLINE)
                .thenApply(done -> null));
    }

    static DesiredAllocation desired(LeaseEntry entry) {
        return DesiredAllocation.newBuilder()
                .setVpsId(entry.vps())
                .setOrganizationId(entry.organization())
                .setIpAddress(entry.address().toString())
                .setMacAddress(text(entry.mac()))
                .setIsPublic(entry.isPublic())
                .build();
    }

    static LeaseEntry entry(DesiredAllocation found) {
        return new LeaseEntry(
                found.getVpsId(),
                found.getOrganizationId(),
                Ipv4Address.parse(found.getIpAddress()),
                mac(found.getMacAddress()),
                found.getIsPublic());
    }

    private static LeaseEntry entry(IPAllocation listed) {
        return new LeaseEntry(
                listed.getVpsId(),
                listed.getOrganizationId(),
                Ipv4Address.parse(listed.getIpAddress()),
                mac(listed.getMacAddress()),
                listed.getIsPublic());
    }

    private static Optional<MacAddress> mac(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(MacAddress.parse(text));
    }

    private static String text(Optional<MacAddress> mac) {
        return mac.map(MacAddress::toString).orElse("");
    }
}

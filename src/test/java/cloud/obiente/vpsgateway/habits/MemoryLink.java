package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.apilink.LinkCloseReason;
import cloud.obiente.vpsgateway.apilink.LinkEvents;
import cloud.obiente.vpsgateway.apilink.LinkTransport;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.lab.api.GatewayCalls;
import cloud.obiente.vpsgateway.lab.api.GatewayLink;
import cloud.obiente.vpsgateway.lab.api.GatewayPort.Owner;
import cloud.obiente.vpsgateway.lab.api.GatewayPort.Questions;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayRequest;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Both ends of a link in memory: the gateway's wire, and the link that the API's model sees. Registration, heartbeats and
 * questions are messages; calls and lists go straight to the domain. The timeline's thread.
 */
final class MemoryLink implements LinkTransport, GatewayLink {
    private final String instance;
    private final String node;
    private final String host;
    private final Questions questions;
    private final Runnable onEnd;
    private final GatewayCalls calls;
    private final Function<List<LeaseEntry>, CompletionStage<List<LeaseEntry>>> lists;
    private final CompletableFuture<GatewayLink> registered = new CompletableFuture<>();
    private LinkEvents events;
    private boolean ended;
    private long pings;

    /** @param host whose connection it is */
    MemoryLink(
            String instance,
            String node,
            String host,
            Questions questions,
            Runnable onEnd,
            GatewayCalls calls,
            Function<List<LeaseEntry>, CompletionStage<List<LeaseEntry>>> lists) {
        this.instance = instance;
        this.node = node;
        this.host = host;
        this.questions = questions;
        this.onEnd = onEnd;
        this.calls = calls;
        this.lists = lists;
    }

    CompletionStage<GatewayLink> begin(LinkEvents toGateway) {
        events = toGateway;
        events.received(GatewayMessage.newBuilder()
                .setType("register")
                .setRegistration(GatewayRegistration.newBuilder()
                        .setGatewayId(node)
                        .setGatewayIpDhcp(instance)
                        .setVersion("model"))
                .build());
        return registered;
    }

    @Override
    public void send(GatewayMessage message) {
        switch (message.getType()) {
            case "registered" -> registered.complete(this);
            case "heartbeat" ->
                events.received(GatewayMessage.newBuilder().setType("heartbeat").build());
            case "request" -> answer(message.getRequest());
            default -> throw new AssertionError("the gateway said " + message);
        }
    }

    private void answer(GatewayRequest request) {
        try {
            FindVPSByLeaseRequest question = FindVPSByLeaseRequest.parseFrom(request.getPayload());
            questions
                    .findVpsByLease(
                            Optional.of(question.getIp())
                                    .filter(text -> !text.isEmpty())
                                    .map(Ipv4Address::parse),
                            MacAddress.parse(question.getMac()))
                    .whenComplete((owner, failure) -> {
                        if (!ended) {
                            events.received(response(request.getRequestId(), owner, failure));
                        }
                    });
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static GatewayMessage response(String id, Optional<Owner> owner, Throwable failure) {
        GatewayResponse.Builder response =
                GatewayResponse.newBuilder().setRequestId(id).setSuccess(failure == null);
        if (failure == null) {
            response.setPayload(FindVPSByLeaseResponse.newBuilder()
                    .setVpsId(owner.map(Owner::vps).orElse(""))
                    .setOrganizationId(owner.map(Owner::organization).orElse(""))
                    .build()
                    .toByteString());
        } else {
            response.setError(String.valueOf(failure.getMessage()));
        }
        return GatewayMessage.newBuilder()
                .setType("response")
                .setResponse(response)
                .build();
    }

    @Override
    public void end(LinkCloseReason end) {
        ended();
    }

    @Override
    public void breakOff() {
        if (!ended) {
            events.lost("the connection broke");
            ended();
        }
    }

    private void ended() {
        if (!ended) {
            ended = true;
            if (!registered.completeExceptionally(new IllegalStateException("the gateway ended it"))) {
                onEnd.run();
            }
        }
    }

    @Override
    public CompletionStage<List<LeaseEntry>> sync(List<LeaseEntry> list) {
        return ended ? gone() : lists.apply(list);
    }

    private static <T> CompletionStage<T> gone() {
        return CompletableFuture.failedFuture(new IllegalStateException("the link has ended"));
    }

    @Override
    public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
        return ended ? gone() : calls.allocate(vps, organization, mac);
    }

    @Override
    public CompletionStage<Void> release(String vps) {
        return ended ? gone() : calls.release(vps);
    }

    @Override
    public CompletionStage<List<LeaseEntry>> listIps() {
        return ended ? gone() : calls.listIps();
    }

    @Override
    public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
        return ended ? gone() : calls.addStaticLease(lease);
    }

    @Override
    public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
        return ended ? gone() : calls.removeStaticLease(lease);
    }

    @Override
    public Caller peer() {
        return Caller.of(host);
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void requestOne() {}

    @Override
    public long pings() {
        return pings;
    }

    /** HTTP/2 answers it, whatever the instance does. */
    @Override
    public boolean probe() {
        pings++;
        return !ended;
    }
}

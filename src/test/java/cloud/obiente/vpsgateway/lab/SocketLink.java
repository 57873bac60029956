package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.lab.api.GatewayLink;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A link on a socket, in the model's values. */
final class SocketLink implements GatewayLink {
    private final ApiInstance link;
    private final WireCalls.Return back;
    private final WireCalls calls;

    SocketLink(ApiInstance link, WireCalls.Return back) {
        this.link = link;
        this.back = back;
        this.calls = new WireCalls(
                new WireCalls.Sender() {
                    @Override
                    public <T extends Message> CompletableFuture<T> send(
                            String method, Message request, Parser<T> answers) {
                        return link.request(method, request).thenApply(response -> read(response, answers));
                    }
                },
                back);
    }

    private static <T> T read(GatewayResponse response, Parser<T> answers) {
        if (!response.getSuccess()) {
            throw new CompletionException(new IllegalStateException(response.getError()));
        }
        try {
            return answers.parseFrom(response.getPayload());
        } catch (InvalidProtocolBufferException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public CompletionStage<List<LeaseEntry>> sync(List<LeaseEntry> list) {
        return back.to(link.syncAnswered(list.stream().map(WireCalls::desired).toList())
                .thenApply(SyncAllocationsResponse::getDiscoveredAllocationsList)
                .thenApply(found -> found.stream().map(WireCalls::entry).toList()));
    }

    @Override
    public void breakOff() {
        link.close();
    }

    @Override
    public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
        return calls.allocate(vps, organization, mac);
    }

    @Override
    public CompletionStage<Void> release(String vps) {
        return calls.release(vps);
    }

    @Override
    public CompletionStage<List<LeaseEntry>> listIps() {
        return calls.listIps();
    }

    @Override
    public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
        return calls.addStaticLease(lease);
    }

    @Override
    public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
        return calls.removeStaticLease(lease);
    }
}

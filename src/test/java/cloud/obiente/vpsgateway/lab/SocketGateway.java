package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.lab.api.GatewayLink;
import cloud.obiente.vpsgateway.lab.api.GatewayPort;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.lab.api.Timeline;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A gateway on a socket, for {@link cloud.obiente.vpsgateway.lab.api.ApiModel}: values become messages and back, and what comes
 * back comes on the timeline's thread.
 */
public final class SocketGateway implements GatewayPort, AutoCloseable {
    private final URI endpoint;
    private final String secret;
    private final Timeline timeline;
    private final ConnectClient client;
    private final WireCalls unary;
    /** Opening a stream waits for the connection, which the timeline must not. */
    private final ExecutorService dialler = Executors.newCachedThreadPool(work -> {
        Thread made = new Thread(work, "api-dialler");
        made.setDaemon(true);
        return made;
    });

    public SocketGateway(URI endpoint, String secret, Timeline timeline) {
        this.endpoint = endpoint;
        this.secret = secret;
        this.timeline = timeline;
        this.client = new ConnectClient(endpoint, secret);
        this.unary = new WireCalls(
                new WireCalls.Sender() {
                    @Override
                    public <T extends Message> CompletableFuture<T> send(
                            String method, Message request, Parser<T> answers) {
                        return client.call(method, request, answers);
                    }
                },
                this::onTimeline);
    }

    /** A client whose connection is its own, as each SSH session has one that nobody ever closes. */
    ConnectClient sshConnection() {
        return client.another();
    }

    @Override
    public CompletionStage<GatewayLink> register(String instance, String node, Questions questions, Runnable onEnd) {
        CompletionStage<ApiInstance> dialled = CompletableFuture.supplyAsync(
                () -> {
                    ApiInstance link = ApiInstance.answeringLater(
                            endpoint, secret, instance, node, question -> answer(questions, question));
                    try {
                        link.awaitRegistered();
                        return link;
                    } catch (RuntimeException refused) {
                        link.close();
                        throw refused;
                    }
                },
                dialler);
        CompletableFuture<GatewayLink> registered = new CompletableFuture<>();
        dialled.whenComplete((link, failure) -> timeline.after(Duration.ZERO, () -> {
            if (failure != null) {
                registered.completeExceptionally(failure);
            } else {
                registered.complete(new SocketLink(link, this::onTimeline));
                CompletionStage<String> ended = link.stream().end();
                ended.whenComplete((end, broken) -> dialler.execute(() -> {
                    link.close();
                    timeline.after(Duration.ZERO, onEnd);
                }));
            }
        }));
        return registered;
    }

    private CompletionStage<Optional<FindVPSByLeaseResponse>> answer(
            Questions questions, FindVPSByLeaseRequest question) {
        CompletableFuture<Optional<FindVPSByLeaseResponse>> answer = new CompletableFuture<>();
        Optional<Ipv4Address> address =
                question.getIp().isEmpty() ? Optional.empty() : Optional.of(Ipv4Address.parse(question.getIp()));
        MacAddress mac = MacAddress.parse(question.getMac());
        timeline.after(Duration.ZERO, () -> questions
                .findVpsByLease(address, mac)
                .whenComplete((owner, failure) -> answer.complete(
                        failure == null
                                ? Optional.of(FindVPSByLeaseResponse.newBuilder()
                                        .setVpsId(owner.map(Owner::vps).orElse(""))
                                        .setOrganizationId(
                                                owner.map(Owner::organization).orElse(""))
                                        .build())
                                : Optional.empty())));
        return answer;
    }

    private <T> CompletionStage<T> onTimeline(CompletionStage<T> stage) {
        CompletableFuture<T> moved = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> timeline.after(Duration.ZERO, () -> {
            if (failure == null) {
                moved.complete(value);
            } else {
                moved.completeExceptionally(failure);
            }
        }));
        return moved;
    }

    @Override
    public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
        return unary.allocate(vps, organization, mac);
    }

    @Override
    public CompletionStage<Void> release(String vps) {
        return unary.release(vps);
    }

    @Override
    public CompletionStage<List<LeaseEntry>> listIps() {
        return unary.listIps();
    }

    @Override
    public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
        return unary.addStaticLease(lease);
    }

    @Override
    public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
        return unary.removeStaticLease(lease);
    }

    /** Breaks the connection of the unary calls, and those of SSH; links are their instances'. */
    @Override
    public void close() {
        client.close();
        dialler.shutdownNow();
    }
}

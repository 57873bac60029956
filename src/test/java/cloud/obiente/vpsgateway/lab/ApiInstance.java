package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayRequest;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** One API instance's link to one gateway, as the deployed API keeps it. Threads may share it. */
public final class ApiInstance implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final ConnectClient client;
    private final Function<FindVPSByLeaseRequest, CompletionStage<Optional<FindVPSByLeaseResponse>>> database;
    private final CompletableFuture<GatewayRegistration> registered = new CompletableFuture<>();
    private final Map<String, CompletableFuture<GatewayResponse>> asked = new ConcurrentHashMap<>();
    /** Who waits for the results of syncs, in the order of the lists. */
    private final Queue<CompletableFuture<SyncAllocationsResponse>> syncing = new ConcurrentLinkedQueue<>();

    private final BlockingQueue<SyncAllocationsResponse> syncResults = new LinkedBlockingQueue<>();
    private final BlockingQueue<FindVPSByLeaseRequest> questions = new LinkedBlockingQueue<>();
    private final AtomicLong requests = new AtomicLong();
    private final ConnectStream stream;

    /** @param database whose a MAC is; empty for no answer at all */
    public ApiInstance(
            URI gateway,
            String secret,
            String id,
            String node,
            Function<FindVPSByLeaseRequest, Optional<FindVPSByLeaseResponse>> database) {
        this(
                new ConnectClient(gateway, secret),
                id,
                node,
                question -> CompletableFuture.completedFuture(database.apply(question)));
    }

    /** An instance whose answers may take their time. */
    public static ApiInstance answeringLater(
            URI gateway,
            String secret,
            String id,
            String node,
            Function<FindVPSByLeaseRequest, CompletionStage<Optional<FindVPSByLeaseResponse>>> database) {
        return new ApiInstance(new ConnectClient(gateway, secret), id, node, database);
    }

    private ApiInstance(
            ConnectClient client,
            String id,
            String node,
            Function<FindVPSByLeaseRequest, CompletionStage<Optional<FindVPSByLeaseResponse>>> database) {
        this.client = client;
        this.database = database;
        this.stream = client.stream("RegisterGateway", GatewayMessage.parser(), this::heard)
                .join();
        CompletableFuture<String> unused = stream.end().whenComplete(this::linkEnded);
        stream.send(GatewayMessage.newBuilder()
                .setType("register")
                .setRegistration(GatewayRegistration.newBuilder()
                        .setGatewayId(node)
                        .setGatewayIp(client.endpoint().toString())
                        .setGatewayIpDhcp(id)
                        .setVersion("simulator"))
                .build());
    }

    private void linkEnded(String end, Throwable failure) {
        Throwable why = failure == null ? new IllegalStateException("the link ended: " + end) : failure;
        registered.completeExceptionally(why);
        asked.values().forEach(waiting -> waiting.completeExceptionally(why));
        syncing.forEach(waiting -> waiting.completeExceptionally(why));
    }

    /** What the gateway said of itself; waits for it. */
    public GatewayRegistration awaitRegistered() {
        return registered.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    }

    private void heard(GatewayMessage message) {
        switch (message.getType()) {
            case "registered" -> registered.complete(message.getRegistration());
            case "response" ->
                Optional.ofNullable(asked.remove(message.getResponse().getRequestId()))
                        .ifPresent(waiting -> waiting.complete(message.getResponse()));
            case "sync_result" -> synced(message.getSyncResult());
            case "request" -> answer(message.getRequest());
            case "heartbeat" ->
                stream.send(GatewayMessage.newBuilder().setType("heartbeat").build());
            default -> throw new IllegalStateException("the gateway said " + message);
        }
    }

    private void synced(SyncAllocationsResponse result) {
        CompletableFuture<SyncAllocationsResponse> waiting = syncing.poll();
        if (waiting == null) {
            syncResults.add(result);
        } else {
            waiting.complete(result);
        }
    }

    private void answer(GatewayRequest request) {
        try {
            FindVPSByLeaseRequest question = FindVPSByLeaseRequest.parseFrom(request.getPayload());
            questions.add(question);
            database.apply(question)
                    .thenAccept(found -> found.ifPresent(answer -> stream.send(GatewayMessage.newBuilder()
                            .setType("response")
                            .setResponse(GatewayResponse.newBuilder()
                                    .setRequestId(request.getRequestId())
                                    .setSuccess(true)
                                    .setPayload(answer.toByteString()))
                            .build())));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the gateway asked " + request, e);
        }
    }

    /** A unary method over the link. */
    public CompletableFuture<GatewayResponse> request(String method, Message request) {
        return request(method, request.toByteString());
    }

    /** The same with any bytes for a payload. */
    public CompletableFuture<GatewayResponse> request(String method, ByteString payload) {
        String id = "r" + requests.incrementAndGet();
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        asked.put(id, answer);
        stream.send(GatewayMessage.newBuilder()
                .setType("request")
                .setRequest(GatewayRequest.newBuilder()
                        .setRequestId(id)
                        .setMethod(method)
                        .setPayload(payload))
                .build());
        return answer.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Tells the gateway the whole list; the result comes to {@link #awaitSyncResult()}. */
    public void sync(List<DesiredAllocation> table) {
        stream.send(GatewayMessage.newBuilder()
                .setType("sync_allocations")
                .setSyncAllocations(SyncAllocationsRequest.newBuilder().addAllAllocations(table))
                .build());
    }

    /** The same for those who do not wait; not to be mixed with {@link #sync} on one link. */
    CompletableFuture<SyncAllocationsResponse> syncAnswered(List<DesiredAllocation> table) {
        CompletableFuture<SyncAllocationsResponse> result = new CompletableFuture<>();
        syncing.add(result);
        sync(table);
        return result.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    public SyncAllocationsResponse awaitSyncResult() {
        return await(syncResults, "sync_result");
    }

    /** The next question that the gateway asks, or has asked. */
    public FindVPSByLeaseRequest awaitQuestion() {
        return await(questions, "FindVPSByLease");
    }

    private static <T> T await(BlockingQueue<T> queue, String what) {
        try {
            T next = queue.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no " + what + " within " + TIMEOUT_SECONDS + " s");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The stream itself, for tests of how it ends. */
    public ConnectStream stream() {
        return stream;
    }

    /** For unary calls beside the link. */
    public ConnectClient client() {
        return client;
    }

    /** As if it was killed: the connection breaks, nothing is said. */
    @Override
    public void close() {
        client.close();
    }
}

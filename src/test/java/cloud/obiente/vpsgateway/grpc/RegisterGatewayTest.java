package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.ConnectClient;
import cloud.obiente.vpsgateway.lab.ConnectStream;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.ListIPsResponse;
import cloud.obiente.vpsgateway.v1.ReleaseIPRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RegisterGateway over real sockets, through the adapter, by the clients that there are. The service behind it is small. */
class RegisterGatewayTest {
    private final LinkServer server =
            new LinkServer(Clock.systemUTC(), smallService(), (source, list) -> Uni.createFrom()
                    .item(SyncAllocationsResponse.newBuilder()
                            .setAdded(list.getAllocationsCount())
                            .setMessage(source.toString())
                            .build()));
    private final ApiLinkRegistry links = server.links();
    private final URI gateway = server.address();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Lists nothing and refuses releases. */
    private static ServerServiceDefinition smallService() {
        return ServerServiceDefinition.builder(VPSGatewayServiceGrpc.SERVICE_NAME)
                .addMethod(VPSGatewayServiceGrpc.getListIPsMethod(), ServerCalls.asyncUnaryCall((request, answer) -> {
                    answer.onNext(ListIPsResponse.getDefaultInstance());
                    answer.onCompleted();
                }))
                .addMethod(
                        VPSGatewayServiceGrpc.getReleaseIPMethod(),
                        ServerCalls.asyncUnaryCall((request, answer) -> answer.onError(Status.NOT_FOUND
                                .withDescription("no " + request.getVpsId())
                                .asRuntimeException())))
                .build();
    }

    @Test
    void aConnectClientRegistersAndAsks() throws Exception {
        try (ApiInstance api = instance("api-1")) {
            assertThat(api.awaitRegistered().getVersion()).isEqualTo("test");
            GatewayResponse listed =
                    api.request("ListIPs", ListIPsRequest.getDefaultInstance()).join();
            assertThat(listed.getSuccess()).isTrue();
            assertThat(ListIPsResponse.parseFrom(listed.getPayload())).isEqualTo(ListIPsResponse.getDefaultInstance());
        }
        await().until(() -> links.status().links().isEmpty());
    }

    @Test
    void refusalsAreCodesAndMessages() {
        try (ApiInstance api = instance("api-1")) {
            assertThat(api.request(
                                    "ReleaseIP",
                                    ReleaseIPRequest.newBuilder()
                                            .setVpsId("vps-1")
                                            .build())
                            .join()
                            .getError())
                    .isEqualTo("NOT_FOUND: no vps-1");
            assertThat(api.request("NoSuchMethod", ByteString.EMPTY).join().getError())
                    .startsWith("UNIMPLEMENTED: ");
            assertThat(api.request("ProxySSH", ByteString.EMPTY).join().getError())
                    .startsWith("UNIMPLEMENTED: ");
            assertThat(api.request("ReleaseIP", ByteString.copyFromUtf8("\n\u00ffnot protobuf"))
                            .join()
                            .getError())
                    .startsWith("INVALID_ARGUMENT: ");
            assertThat(api.request("ListIPs", ByteString.EMPTY).join().getSuccess())
                    .isTrue();
        }
    }

    @Test
    void aSyncComesBackAsItsResult() {
        try (ApiInstance api = instance("api-1")) {
            api.sync(List.of(DesiredAllocation.getDefaultInstance(), DesiredAllocation.getDefaultInstance()));
            assertThat(api.awaitSyncResult().getAdded()).isEqualTo(2);
        }
    }

    @Test
    void aReplacedStreamEndsWell() {
        try (ApiInstance older = instance("api-1")) {
            older.awaitRegistered();
            try (ApiInstance newer = instance("api-1")) {
                newer.awaitRegistered();
                assertThat(ended(older)).isEqualTo("{}");
            }
        }
    }

    @Test
    void aStreamThatDoesNotBeginWithRegisterIsRefused() {
        try (ConnectClient client = new ConnectClient(gateway, "")) {
            ConnectStream stream = client.stream("RegisterGateway", GatewayMessage.parser(), message -> {})
                    .join();
            stream.send(GatewayMessage.newBuilder().setType("heartbeat").build());
            assertThat(stream.end().orTimeout(60, TimeUnit.SECONDS).join())
                    .contains("\"invalid_argument\"")
                    .contains("expected: register");
        }
    }

    @Test
    void messagesThatCannotBeReadEndThatLinkOnly() {
        try (ApiInstance malformed = instance("api-1");
                ApiInstance oversized = instance("api-2");
                ApiInstance good = instance("api-3")) {
            malformed.awaitRegistered();
            oversized.awaitRegistered();
            malformed.stream()
                    .send(Buffer.buffer().appendByte((byte) 0).appendInt(2).appendString("\n\n"));
            oversized.stream().send(Buffer.buffer().appendByte((byte) 0).appendInt(LinkServer.MAX_MESSAGE_BYTES + 1));
            assertThat(ended(malformed)).contains("\"error\"");
            assertThat(ended(oversized)).contains("\"resource_exhausted\"");
            assertThat(good.request("ListIPs", ByteString.EMPTY).join().getSuccess())
                    .isTrue();
            await().until(() -> links.status().links().size() == 1);
            assertThat(links.status().lastError()).isPresent();
        }
    }

    @Test
    void aHalfClosedStreamEndsWell() {
        try (ApiInstance api = instance("api-1")) {
            api.awaitRegistered();
            api.stream().halfClose();
            assertThat(ended(api)).isEqualTo("{}");
        }
    }

    @Test
    void stoppingEndsStreamsWell() {
        try (ApiInstance api = instance("api-1")) {
            api.awaitRegistered();
            links.stop();
            assertThat(ended(api)).isEqualTo("{}");
        }
    }

    @Test
    void manyRequestsAreAllAnswered() {
        try (ApiInstance api = instance("api-1")) {
            api.awaitRegistered();
            List<CompletableFuture<GatewayResponse>> answers = java.util.stream.IntStream.range(0, 500)
                    .mapToObj(i -> api.request("ListIPs", ByteString.EMPTY))
                    .toList();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join().getRequestId())
                    .isNotEmpty());
        }
    }

    @Test
    void instancesThatComeAndGoLeaveNothingBehind() {
        for (int round = 0; round < 20; round++) {
            try (ApiInstance one = instance("api-1");
                    ApiInstance other = instance("api-2")) {
                one.awaitRegistered();
                other.awaitRegistered();
                CompletableFuture<GatewayResponse> abandoned = one.request("ListIPs", ByteString.EMPTY);
                assertThat(abandoned).isNotNull();
            }
        }
        await().until(() -> links.status().links().isEmpty());
        links.tick();
        await().until(() -> links.status().requestsRunning() == 0);
    }

    @Test
    void aGrpcClientRegistersToo() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", gateway.getPort())
                .usePlaintext()
                .build();
        try {
            register(channel, "api-1").onCompleted();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aLinkWhosePeerLivesIsNotReplacedByItsNamesakeOnAnotherHost() {
        ManagedChannel elsewhere = NettyChannelBuilder.forAddress("127.0.0.1", gateway.getPort())
                .localSocketPicker(new NettyChannelBuilder.LocalSocketPicker() {
                    @Override
                    public SocketAddress createSocketAddress(SocketAddress remote, Attributes attributes) {
                        return new InetSocketAddress("127.0.0.2", 0);
                    }
                })
                .usePlaintext()
                .build();
        try (ApiInstance older = instance("api-1")) {
            older.awaitRegistered();
            register(elsewhere, "api-1");
            // Longer than a peer has for its sign of life.
            await().during(Duration.ofSeconds(7)).atMost(Duration.ofSeconds(60)).until(() -> {
                links.tick();
                return links.status().links().size() == 2;
            });
        } finally {
            elsewhere.shutdownNow();
        }
    }

    /** Waits until the instance is registered. */
    private static StreamObserver<GatewayMessage> register(ManagedChannel channel, String instance) {
        CompletableFuture<GatewayMessage> answer = new CompletableFuture<>();
        StreamObserver<GatewayMessage> stream = VPSGatewayServiceGrpc.newStub(channel)
                .registerGateway(new StreamObserver<>() {
                    @Override
                    public void onNext(GatewayMessage message) {
                        answer.complete(message);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        stream.onNext(GatewayMessage.newBuilder()
                .setType("register")
                .setRegistration(
                        GatewayRegistration.newBuilder().setGatewayId("node-1").setGatewayIpDhcp(instance))
                .build());
        assertThat(answer.orTimeout(60, TimeUnit.SECONDS).join().getType()).isEqualTo("registered");
        return stream;
    }

    @Test
    void aGrpcClientLearnsTheStatusOfItsEnd() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", gateway.getPort())
                .usePlaintext()
                .build();
        try {
            CompletableFuture<GatewayMessage> answer = new CompletableFuture<>();
            VPSGatewayServiceGrpc.newStub(channel)
                    .registerGateway(new StreamObserver<GatewayMessage>() {
                        @Override
                        public void onNext(GatewayMessage message) {}

                        @Override
                        public void onError(Throwable failure) {
                            answer.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {}
                    })
                    .onNext(GatewayMessage.newBuilder().setType("request").build());
            assertThatThrownBy(() -> answer.orTimeout(60, TimeUnit.SECONDS).join())
                    .hasCauseInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT");
        } finally {
            channel.shutdownNow();
        }
    }

    private ApiInstance instance(String id) {
        return new ApiInstance(gateway, "", id, "node-1", question -> Optional.empty());
    }

    private static String ended(ApiInstance api) {

        return api.stream().end().orTimeout(60, TimeUnit.SECONDS).join();
    }
}

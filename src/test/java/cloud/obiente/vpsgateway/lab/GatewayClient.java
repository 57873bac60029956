package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc.VPSGatewayServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A central API's connection to a gateway on this host. Threads may share it. */
public final class GatewayClient implements AutoCloseable {
    /** The metadata key of the secret. */
    public static final Metadata.Key<String> API_SECRET =
            Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER);

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final ManagedChannel channel;
    private final Metadata credentials = new Metadata();

    private GatewayClient(int port, String secret) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        credentials.put(API_SECRET, secret);
    }

    /** A client of the gateway on that port; it connects with the first call, and again whenever it has to. */
    public static GatewayClient connect(int port, String secret) {
        return new GatewayClient(port, secret);
    }

    /** Blocking calls with the secret attached, all to be made within a minute from now. */
    public VPSGatewayServiceBlockingStub calls() {
        return VPSGatewayServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credentials))
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** For stubs of other services, and for calls without the secret. */
    public ManagedChannel channel() {
        return channel;
    }

    /** After a gateway's death: connect again now instead of after gRPC's growing pauses. */
    public void retryConnection() {
        channel.resetConnectBackoff();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}

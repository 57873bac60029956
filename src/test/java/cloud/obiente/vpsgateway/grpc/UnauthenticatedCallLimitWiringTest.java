package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls without the secret that nobody ends. */
@QuarkusTest
class UnauthenticatedCallLimitWiringTest {
    private static final Metadata.Key<String> SECRET =
            Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER);

    @TestHTTPResource
    URI server;

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneAddressMayLeaveFewOpenAndTheirPlacesComeBack() {
        // Given
        IntStream.range(0, UnauthenticatedCallLimit.MAX_PER_ADDRESS).forEach(i -> watch(new Metadata()));

        // When
        Optional<Code> oneMore = watch(new Metadata());
        Optional<Code> withTheSecret = watch(secret());

        // Then
        assertThat(oneMore).hasValue(Code.RESOURCE_EXHAUSTED);
        assertThat(withTheSecret).isEmpty();

        // When
        channel.shutdownNow();
        connect();

        // Then
        await().until(() -> watch(new Metadata()).isEmpty());
    }

    /** How the call ended; empty while it goes on, with an answer. */
    private Optional<Code> watch(Metadata headers) {
        CompletableFuture<Optional<Code>> heard = new CompletableFuture<>();
        ClientCall<HealthCheckRequest, HealthCheckResponse> call =
                channel.newCall(HealthGrpc.getWatchMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(HealthCheckResponse message) {
                        heard.complete(Optional.empty());
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        heard.complete(Optional.of(status.getCode()));
                    }
                },
                headers);
        call.sendMessage(HealthCheckRequest.getDefaultInstance());
        call.halfClose();
        call.request(1);
        return heard.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static Metadata secret() {
        Metadata headers = new Metadata();
        headers.put(SECRET, "development-secret-not-for-production");
        return headers;
    }
}

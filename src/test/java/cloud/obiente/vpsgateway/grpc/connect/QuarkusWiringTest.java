package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import cloud.obiente.vpsgateway.lab.Rest;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter inside Quarkus. Asks for the health of {@code ipam}, which needs neither dnsmasq nor a free DNS port. */
@QuarkusTest
class QuarkusWiringTest {
    private static final String SECRET = "development-secret-not-for-production";
    private static final String HEALTH_CHECK = "grpc.health.v1.Health/Check";

    @TestHTTPResource
    URI server;

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        await().atMost(Duration.ofSeconds(60)).until(() -> health() == ServingStatus.SERVING);
    }

    private ServingStatus health() {
        return HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.newBuilder().setService("ipam").build())
                .getStatus();
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    }

    /** Half: Netty credits a window when that much of it has been consumed, and not before. */
    @Test
    void aConnectionsWindowHoldsTwiceWhatItsStreamsCanLeaveUnread() {
        Config config = ConfigProvider.getConfig();
        long streams = config.getValue("quarkus.http.limits.max-concurrent-streams", Long.class);
        long stream = config.getValue("quarkus.http.initial-window-size", Long.class);
        long connection = config.getValue("quarkus.http.http2-connection-window-size", Long.class);
        assertThat(streams * stream).isLessThan(connection / 2);
    }

    @Test
    void grpcReachesServices() {
        assertThat(health()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void aServiceWithoutHealthIsNotFound() {
        Rest.at(server, "application/json", "{\"service\":\"coffee\"}".getBytes(UTF_8))
                .post("/" + HEALTH_CHECK)
                .then()
                .statusCode(404)
                .body("code", equalTo("not_found"));
    }

    @Test
    void noWebPageMayCallUnlessNamed() {
        Rest.at(server)
                .headers("origin", "https://panel.example", "access-control-request-method", "POST")
                .options("/" + HEALTH_CHECK)
                .then()
                .statusCode(405)
                .header("access-control-allow-origin", nullValue())
                .header("vary", nullValue());
    }

    @Test
    void reflectionListsEveryService() {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> questions = reflection().serverReflectionInfo(new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
        questions.onNext(
                ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(answer.orTimeout(60, TimeUnit.SECONDS)
                        .join()
                        .getListServicesResponse()
                        .getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("grpc.health.v1.Health", "obiente.cloud.vpsgateway.v1.VPSGatewayService");
        questions.onCompleted();
    }

    /** Quarkus limits the size of a body to 10 MiB, which a stream must not be held to. */
    @Test
    void streamsMayBeLargerThanAnyBody() {
        String name = "x".repeat(1 << 20);
        CompletableFuture<Integer> answers = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> questions = reflection().serverReflectionInfo(new StreamObserver<>() {
            private int count;

            @Override
            public void onNext(ServerReflectionResponse response) {
                count++;
            }

            @Override
            public void onError(Throwable failure) {
                answers.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                answers.complete(count);
            }
        });
        for (int i = 0; i < 12; i++) {
            questions.onNext(ServerReflectionRequest.newBuilder()
                    .setHost(name)
                    .setListServices("")
                    .build());
        }
        questions.onCompleted();
        assertThat(answers.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(12);
    }

    @Test
    void plainJsonReachesServices() {
        Rest.at(server, "application/json", "{\"service\":\"ipam\"}".getBytes(UTF_8))
                .post("/" + HEALTH_CHECK)
                .then()
                .statusCode(200)
                .body(equalTo("{\"status\":\"SERVING\"}"));
    }

    @Test
    void everyProtocolIsCountedByMetrics() {
        plainJsonReachesServices();
        grpcReachesServices();
        URI management = URI.create("http://127.0.0.1:" + managementPort());
        assertThat(Rest.at(management).get("/metrics").asString())
                .containsPattern("grpc_server_processing_duration_seconds_count\\{.*method=\"Check\".*\\} [1-9]");
    }

    private ServerReflectionGrpc.ServerReflectionStub reflection() {
        return ServerReflectionGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credentials()));
    }

    private static Metadata credentials() {
        Metadata credentials = new Metadata();
        credentials.put(Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER), SECRET);
        return credentials;
    }

    private static int managementPort() {
        return org.eclipse.microprofile.config.ConfigProvider.getConfig()
                .getValue("quarkus.management.test-port", Integer.class);
    }
}

package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.ApiLinkStatus;
import cloud.obiente.vpsgateway.apilink.LinkCloseReason;
import cloud.obiente.vpsgateway.ipam.ManualClock;
import cloud.obiente.vpsgateway.lab.ConnectClient;
import cloud.obiente.vpsgateway.lab.ConnectStream;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.ServerServiceDefinition;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances that say nothing once they are registered, not even in answer to heartbeats. */
class SilentLinkTest {
    private static final Duration TWO_THIRDS = Duration.ofSeconds(60);
    private static final Duration SILENCE = Duration.ofSeconds(90);

    private final ManualClock steady = new ManualClock();
    private final LinkServer server = new LinkServer(
            steady,
            ServerServiceDefinition.builder(VPSGatewayServiceGrpc.SERVICE_NAME).build(),
            (source, list) -> Uni.createFrom().nothing());
    private final ConnectClient client = new ConnectClient(server.address(), "");
    private final ConnectClient other = new ConnectClient(server.address(), "");

    @AfterEach
    void stop() {
        client.close();
        other.close();
        server.close();
    }

    @Test
    void pingsKeepTheLinkOfTheirConnectionForAsLongAsTheyCome() {
        // Given
        ConnectStream pinging = register(client, "api-1");
        ConnectStream silent = register(other, "api-2");

        // When
        pass(TWO_THIRDS);
        ping(pinging);
        pass(TWO_THIRDS);

        // Then
        assertThat(endOf(silent)).contains("nothing heard for 90 s");
        assertThat(server.links().status().links())
                .extracting(ApiLinkStatus.Member::instance)
                .containsExactly("api-1");

        // When
        ping(pinging);
        pass(TWO_THIRDS);

        // Then
        assertThat(server.links().status().links()).hasSize(1);
        assertThat(pinging.end()).isNotDone();

        // When
        pass(SILENCE);

        // Then
        assertThat(endOf(pinging)).contains("nothing heard for 90 s");
        assertThat(server.links().status().lastError())
                .hasValueSatisfying(error -> assertThat(error.end().cause()).isEqualTo(LinkCloseReason.Cause.SILENT));
    }

    private void pass(Duration span) {
        steady.advance(span);
        server.tick();
    }

    private static ConnectStream register(ConnectClient client, String instance) {
        CompletableFuture<GatewayMessage> answer = new CompletableFuture<>();
        ConnectStream stream = client.stream("RegisterGateway", GatewayMessage.parser(), answer::complete)
                .join();
        stream.send(GatewayMessage.newBuilder()
                .setType("register")
                .setRegistration(
                        GatewayRegistration.newBuilder().setGatewayId("node-1").setGatewayIpDhcp(instance))
                .build());
        assertThat(answer.orTimeout(60, TimeUnit.SECONDS).join().getType()).isEqualTo("registered");
        return stream;
    }

    /** Twice: the gateway has counted the first when it answers the second. */
    private static void ping(ConnectStream stream) {
        stream.ping().orTimeout(60, TimeUnit.SECONDS).join();
        stream.ping().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static String endOf(ConnectStream stream) {
        return stream.end().orTimeout(60, TimeUnit.SECONDS).join();
    }
}

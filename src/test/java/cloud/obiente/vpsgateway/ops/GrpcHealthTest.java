package cloud.obiente.vpsgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.platform.PlatformFixture;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrpcHealthTest {
    private final GrpcHealthStorage storage = new GrpcHealthStorage();
    private final GrpcHealth health = new GrpcHealth(PlatformFixture.serviceHealth(storage));

    @Test
    void eachServiceIsToldByItself() {
        health.update(true, false, true);
        assertThat(storage.getStatuses())
                .isEqualTo(Map.of(
                        "", ServingStatus.SERVING,
                        "ipam", ServingStatus.SERVING,
                        "dns", ServingStatus.SERVING,
                        "dhcp", ServingStatus.NOT_SERVING));
    }

    @Test
    void whereNothingIsAllocatedAnyMoreTheServerDoesNotServe() {
        health.update(true, true, true);
        health.update(false, true, true);
        assertThat(storage.getStatuses())
                .containsEntry("ipam", ServingStatus.NOT_SERVING)
                .containsEntry("", ServingStatus.NOT_SERVING)
                .containsEntry("dhcp", ServingStatus.SERVING);
    }

    /** The update goes on every second while calls in flight are finished. */
    @Test
    void aGatewayThatShutsDownDoesNotServeAgain() {
        health.update(true, true, true);
        health.drain();
        health.update(true, true, true);
        assertThat(storage.getStatuses().values()).containsOnly(ServingStatus.NOT_SERVING);
    }
}

package cloud.obiente.vpsgateway.platform;

import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.runtime.health.GrpcHealthEndpoint;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.Map;

/** The statuses of {@code grpc.health.v1}, which Quarkus keeps and tells to those who watch. Any thread. */
@Singleton
public class ServiceHealth {
    /** The server as a whole. */
    public static final String SERVER = GrpcHealthStorage.DEFAULT_SERVICE_NAME;

    private final GrpcHealthStorage storage;
    private final GrpcHealthEndpoint endpoint;

    ServiceHealth(GrpcHealthStorage storage, @GrpcService GrpcHealthEndpoint endpoint) {
        this.storage = storage;
        this.endpoint = endpoint;
    }

    /** By name of the service; also those that somebody has watched and that do not exist. */
    public Map<String, ServingStatus> statuses() {
        return storage.getStatuses();
    }

    public void set(String service, ServingStatus status) {
        storage.setStatus(service, status);
    }

    /** The status now and each change. Remembers the name for ever: only for services that exist. */
    public Multi<HealthCheckResponse> watch(HealthCheckRequest request) {
        return endpoint.watch(request);
    }
}

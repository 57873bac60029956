package cloud.obiente.vpsgateway.platform;

import io.quarkus.grpc.runtime.health.GrpcHealthEndpoint;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;

/** Quarkus' own parts, where no container puts them together. */
public final class PlatformFixture {
    private PlatformFixture() {}

    /** Without anybody to watch. */
    public static ServiceHealth serviceHealth(GrpcHealthStorage storage) {
        return new ServiceHealth(storage, new GrpcHealthEndpoint());
    }
}

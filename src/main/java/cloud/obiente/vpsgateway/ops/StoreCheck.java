package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** Started and ready means: the allocations have been read. Their numbers stand in the check's data. */
@Startup
@Readiness
@ApplicationScoped
public class StoreCheck implements HealthCheck {
    private final Ipam ipam;

    StoreCheck(Ipam ipam) {
        this.ipam = ipam;
    }

    @Override
    public HealthCheckResponse call() {
        IpamSnapshot snapshot = ipam.snapshot();
        return HealthCheckResponse.named("ipam")
                .up()
                .withData("pool", snapshot.poolSize())
                .withData("available", snapshot.poolAvailable())
                .build();
    }
}

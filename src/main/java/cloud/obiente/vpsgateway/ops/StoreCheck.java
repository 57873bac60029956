package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Alive, started and ready mean: the allocations have been read, and the thread that owns them runs. A store that refuses
 * commits (a full disk) shows in the check's data only: reads, DHCP, DNS and retries still work.
 */
@Liveness
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
        HealthCheckResponseBuilder response = HealthCheckResponse.named("ipam")
                .status(ipam.isRunning())
                .withData("pool", snapshot.poolSize())
                .withData("available", snapshot.poolAvailable());
        ipam.storeFault().ifPresent(fault -> response.withData("problem", fault));
        return response.build();
    }
}

package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Ipam;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive means: the thread that owns the allocations runs. A restart brings it back; nothing else does. */
@Liveness
@ApplicationScoped
public class IpamLiveness implements HealthCheck {
    private final Ipam ipam;

    IpamLiveness(Ipam ipam) {
        this.ipam = ipam;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("ipam writer").status(ipam.isRunning()).build();
    }
}

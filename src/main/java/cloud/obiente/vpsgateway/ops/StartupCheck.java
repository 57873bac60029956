package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Ipam;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started means: the allocations have been read from the store. dnsmasq has no say in it: its interface may come later. */
@Startup
@ApplicationScoped
public class StartupCheck implements HealthCheck {
    private final Ipam ipam;

    StartupCheck(Ipam ipam) {
        this.ipam = ipam;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("allocations read")
                .status(ipam.isRunning())
                .build();
    }
}

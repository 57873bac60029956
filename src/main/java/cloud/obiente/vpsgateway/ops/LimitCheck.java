package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.limits.LimitStatus;
import cloud.obiente.vpsgateway.hostnet.limits.TrafficLimits;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether one VPS can take DNS and DHCP away from the others; as data only, because all are served all the same. */
@Readiness
@ApplicationScoped
public class LimitCheck implements HealthCheck {
    private final TrafficLimits limits;

    LimitCheck(TrafficLimits limits) {
        this.limits = limits;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("traffic limits").up();
        if (!limits.wanted()) {
            return response.withData("problem", "switched off by the configuration")
                    .build();
        }
        LimitStatus status = limits.status();
        status.fault().ifPresent(fault -> response.withData("problem", fault));
        return response.withData("vpss", status.vpss()).build();
    }
}

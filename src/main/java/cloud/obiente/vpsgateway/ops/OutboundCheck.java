package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.snat.SnatKeeper;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready means: what leaves the VPSs' network has the outbound address, if the operator has named one. */
@Readiness
@ApplicationScoped
public class OutboundCheck implements HealthCheck {
    private final SnatKeeper snat;

    OutboundCheck(SnatKeeper snat) {
        this.snat = snat;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("outbound address")
                .status(snat.fault().isEmpty())
                .withData("wanted", snat.isWanted());
        snat.fault().ifPresent(fault -> response.withData("problem", fault));
        return response.build();
    }
}

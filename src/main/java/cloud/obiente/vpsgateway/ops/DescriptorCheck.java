package cloud.obiente.vpsgateway.ops;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether there are file descriptors for all that is configured, as data only: with fewer places the gateway serves all the
 * same.
 */
@Readiness
@ApplicationScoped
public class DescriptorCheck implements HealthCheck {
    private final Shortage shortage;

    DescriptorCheck(Shortage shortage) {
        this.shortage = shortage;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("file descriptors").up().withData("limit", shortage.limit());
        shortage.remedy().ifPresent(remedy -> response.withData("warning", remedy));
        return response.build();
    }

    /**
     * What the start found.
     *
     * @param limit of this process
     * @param remedy what is to be done; empty when there are enough
     */
    public record Shortage(long limit, Optional<String> remedy) {}
}

package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.dnsmasq.UpstreamWatch;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether the upstream resolvers answer, as data only: the names of VPSs are answered without them. */
@Readiness
@ApplicationScoped
public class UpstreamCheck implements HealthCheck {
    private final UpstreamWatch upstream;

    UpstreamCheck(UpstreamWatch upstream) {
        this.upstream = upstream;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("dns upstream").up();
        upstream.status()
                .forEach((resolver, problem) -> response.withData(resolver.toString(), problem.orElse("answers")));
        return response.build();
    }
}

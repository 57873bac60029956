package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.guard.GuardStatus;
import cloud.obiente.vpsgateway.hostnet.watch.RulesetWatch;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means: the kernel guards every address that it should. A host that cannot guard, and has nothing to, is ready, too,
 * and so is one where damage is noticed by comparison only.
 */
@Readiness
@ApplicationScoped
public class GuardCheck implements HealthCheck {
    private final AddressGuard guard;
    private final RulesetWatch watch;

    GuardCheck(AddressGuard guard, RulesetWatch watch) {
        this.guard = guard;
        this.watch = watch;
    }

    @Override
    public HealthCheckResponse call() {
        GuardStatus status = guard.status();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("address guard")
                .status(status.enforced() || status.addresses() == 0)
                .withData("addresses", status.addresses());
        status.fault().ifPresent(fault -> response.withData("problem", fault));
        watch.status().fault().ifPresent(fault -> response.withData("watch", fault));
        return response.build();
    }
}

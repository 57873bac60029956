package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.reconcile.Reconciler;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive means: the reconciler comes round. dnsmasq has no say in it: restarting the gateway would not mend dnsmasq. */
@Liveness
@ApplicationScoped
public class ReconcilerLiveness implements HealthCheck {
    private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

    private final Reconciler reconciler;

    ReconcilerLiveness(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    @Override
    public HealthCheckResponse call() {
        Duration pause = reconciler.sinceLastRun();
        return HealthCheckResponse.named("reconciler")
                .status(pause.compareTo(MAX_PAUSE.plus(reconciler.interval())) < 0)
                .withData("secondsSinceLastRun", pause.toSeconds())
                .build();
    }
}

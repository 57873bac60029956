package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.sync.SyncRules;
import cloud.obiente.vpsgateway.sync.SyncStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** What the API's lists leave out, as data only: everybody is served as before, so this is never a reason to be unready. */
@Readiness
@ApplicationScoped
public class SyncCheck implements HealthCheck {
    private final Ipam ipam;
    private final SyncRules rules;
    private final Clock clock;

    SyncCheck(Ipam ipam, SyncRules rules, Clock clock) {
        this.ipam = ipam;
        this.rules = rules;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        SyncStatus status = SyncStatus.of(ipam.snapshot(), rules, clock.instant());
        HealthCheckResponseBuilder response = HealthCheckResponse.named("lists of the API")
                .up()
                .withData("keptThoughUnlisted", status.unlisted())
                .withData("unclaimedLeases", status.unclaimed());
        status.implausible()
                .forEach(list -> response.withData(
                        "not believed: " + list.source(),
                        "leaves out implausibly much since " + list.since()
                                + (list.accepted()
                                        ? "; accepted by an operator"
                                        : "; nothing is released on its word (see docs/errors.md)")));
        return response.build();
    }
}

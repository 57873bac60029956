package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.sync.LastSeenRecorder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means: the allocations have been read, and the thread that owns them runs. A store that refuses
 * commits (a full disk) shows in the check's data only: reads, DHCP, DNS and retries still work.
 */
@Readiness
@ApplicationScoped
public class StoreCheck implements HealthCheck {
    private final Ipam ipam;
    private final Clock clock;

    StoreCheck(Ipam ipam, Clock clock) {
        this.ipam = ipam;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        IpamSnapshot snapshot = ipam.snapshot();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("ipam")
                .status(ipam.isRunning())
                .withData("pool", snapshot.poolSize())
                .withData("available", snapshot.poolAvailable())
                .withData("unseenFor7Days", snapshot.unseenFor(Duration.ofDays(7), clock.instant()))
                .withData("unseenFor30Days", snapshot.unseenFor(Duration.ofDays(30), clock.instant()));
        List<Allocation> ofOtherShares = snapshot.ofOtherShares();
        if (!ofOtherShares.isEmpty()) {
            response.withData("outsideOfShare", ofOtherShares.size());
        }
        if (LastSeenRecorder.isDry(snapshot)) {
            response.withData(
                    "warning",
                    "the pool runs dry: release VPSs that are gone, enlarge it, or set GATEWAY_RECLAIM_AFTER");
        }
        ipam.storeFault().ifPresent(fault -> response.withData("problem", fault));
        return response.build();
    }
}

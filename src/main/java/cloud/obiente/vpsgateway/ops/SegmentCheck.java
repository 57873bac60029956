package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.hostnet.segment.AddressConflict;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Who else is on the VPSs' network, as data only: our VPSs are served nevertheless, so this is never a reason to be unready.
 */
@Readiness
@ApplicationScoped
public class SegmentCheck implements HealthCheck {
    /** The log has them all. */
    private static final int MAX_NAMED = 16;

    private static final Optional<String> SWITCHED_OFF = Optional.of("switched off by the configuration");

    private final SegmentWatch segment;

    SegmentCheck(SegmentWatch segment) {
        this.segment = segment;
    }

    @Override
    public HealthCheckResponse call() {
        List<AddressConflict> conflicts = segment.addressUse().conflicts();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("segment").up().withData("conflicts", conflicts.size());
        conflicts.stream()
                .limit(MAX_NAMED)
                .forEach(conflict -> response.withData("conflict " + conflict.address(), conflict.describe()));
        segment.otherServers()
                .servers()
                .forEach((server, offered) ->
                        response.withData("dhcpServer " + server, "offers " + offered + " to unknown clients"));
        segment.otherGateways().gateways().stream()
                .limit(MAX_NAMED)
                .forEach(gateway ->
                        response.withData("gateway " + gateway.node() + " " + gateway.address(), gateway.describe()));
        response.withData("gateways", segment.otherGateways().gateways().size())
                .withData("poolOverlaps", segment.otherGateways().overlaps());
        if (segment.otherGateways().isCrowded()) {
            response.withData("moreGateways", "are heard than are noted; beacons may be forged");
        }
        if (segment.otherGateways().hasUnseen()) {
            response.withData("gatewayWithSamePool", "searches for DHCP servers, but its beacons are not heard");
        }
        segment.settings()
                .roundInterval()
                .map(on -> segment.addressUse().notChecked())
                .orElse(SWITCHED_OFF)
                .ifPresent(why -> response.withData("addressesNotChecked", why));
        segment.settings()
                .searchInterval()
                .map(on -> segment.gatewaysNotChecked())
                .orElse(SWITCHED_OFF)
                .ifPresent(why -> response.withData("gatewaysNotChecked", why));
        segment.settings()
                .searchInterval()
                .map(on -> segment.otherServers().notChecked())
                .orElse(SWITCHED_OFF)
                .ifPresent(why -> response.withData("dhcpServersNotChecked", why));
        return response.build();
    }
}

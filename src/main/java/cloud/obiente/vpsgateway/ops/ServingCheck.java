package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready means: VPSs are answered. What keeps them from it stands in the check's data, with what to do about it. */
@Readiness
@ApplicationScoped
public class ServingCheck implements HealthCheck {
    private final Dnsmasq dnsmasq;

    ServingCheck(Dnsmasq dnsmasq) {
        this.dnsmasq = dnsmasq;
    }

    @Override
    public HealthCheckResponse call() {
        DnsmasqStatus status = dnsmasq.status();
        HealthCheckResponseBuilder response = HealthCheckResponse.named(dnsmasq.servesDhcp() ? "dhcp and dns" : "dns")
                .status(status.serving())
                .withData("phase", status.phase().name().toLowerCase(java.util.Locale.ROOT));
        status.fault().ifPresent(fault -> response.withData("problem", fault.message())
                .withData("remedy", fault.kind().remedy()));
        if (!status.remarks().isEmpty()) {
            response.withData("remarks", String.join("; ", status.remarks()));
        }
        return response.build();
    }
}

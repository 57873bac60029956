package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.ApiLinkStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Who is connected, as data only: addresses, DHCP and DNS go on without any API, so this is never a reason to be unready. */
@Readiness
@ApplicationScoped
public class ApiLinkCheck implements HealthCheck {
    private final ApiLinkRegistry links;
    private final Clock clock;

    ApiLinkCheck(ApiLinkRegistry links, Clock clock) {
        this.links = links;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        ApiLinkStatus status = links.status();
        Instant now = clock.instant();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("api links")
                .up()
                .withData("links", status.links().size())
                .withData("questionsPending", status.questionsPending())
                .withData("questionsWaiting", status.questionsWaiting());
        if (status.links().isEmpty()) {
            response.withData("warning", "no API is connected; what is allocated goes on being served");
        }
        status.node().ifPresent(node -> response.withData("node", node));
        status.lastError().ifPresent(failure -> response.withData(
                        "lastError", failure.end().text())
                .withData("lastErrorAt", failure.at().toString()));
        if (!status.contested().isEmpty()) {
            response.withData("contested", String.join("; ", status.contested()));
        }
        status.links()
                .forEach(link -> response.withData(
                        key(link, status.links()),
                        "version '" + link.version() + "', connected for "
                                + Duration.between(link.since(), now).toSeconds() + " s"));
        return response.build();
    }

    /** Two hosts may have one name, which then says nothing alone. */
    private static String key(ApiLinkStatus.Member link, List<ApiLinkStatus.Member> all) {
        boolean isShared = all.stream()
                        .filter(other -> other.instance().equals(link.instance()))
                        .count()
                > 1;
        return "link " + link.instance() + (isShared ? " from " + link.host() + " since " + link.since() : "");
    }
}

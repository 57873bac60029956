package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;

import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What operators see on the management port, and look for in the log. */
class MetricsIT extends OneGateway {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final String OF_ORG_1 = "{organization_id=\"org-1\"}";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(vps_gateway_\\w+)` \\| (\\w+) \\|([^|]*)\\|");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
    private static final int POOL = 235;

    MetricsIT() {
        super(World.create("metrics"));
    }

    @BeforeEach
    void guardAnAddress() {
        api.assignPublic("vps-9", MacAddress.parse("02:00:00:00:00:09"), Ipv4Address.parse("203.0.113.9"));
    }

    @Tag("smoke")
    @Test
    void theMetricsAreThoseOfThePage() throws IOException {
        // Given
        api.allocate("vps-1", MAC);
        world.bootedVps("vps-1", MAC);
        api.release("vps-1");
        api.allocate("vps-1", MAC);
        String page = Files.readString(Path.of("docs/metrics.md"));

        // Then: what the kernel counts for a VPS is there once it was read
        await().untilAsserted(() -> assertThat(ownNames(world.scrape())).isEqualTo(documentedNames(page)));
        assertThat(world.scrape().names()).contains("grpc_server_processing_duration_seconds_count");
    }

    @Test
    void metricsAreTextThatPrometheusReads() {
        world.gateway()
                .get("/metrics")
                .then()
                .statusCode(200)
                .contentType(anyOf(
                        startsWith("text/plain; version=0.0.4"),
                        startsWith("application/openmetrics-text; version=1.0.0")))
                .body(containsString("\n# TYPE vps_gateway_dhcp_pool_size gauge\n"));
    }

    @Test
    void labelsAreThoseOfThePageAndNameNoVps() throws IOException {
        // Given
        api.allocate("vps-1", MAC);
        api.release("vps-1");
        String page = Files.readString(Path.of("docs/metrics.md"));

        // Then
        world.scrape().series().keySet().stream()
                .filter(series -> series.startsWith("vps_gateway_"))
                .forEach(series -> assertThat(labels(series))
                        .as(series)
                        .isEqualTo(documentedLabels(page, series.replaceFirst("(_bucket|_count|_sum)?(\\{.*)?$", ""))));
    }

    @Test
    void countsAndGaugesFollowWhatHappens() {
        // Given
        api.allocate("vps-1", MAC);
        Scrape before = world.scrape();

        // When
        api.allocate("vps-2", OTHER_MAC);
        api.allocate("vps-2", OTHER_MAC);
        api.release("vps-1");
        Scrape after = world.scrape();

        // Then
        String made = "vps_gateway_dhcp_allocations_total" + OF_ORG_1;
        String released = "vps_gateway_dhcp_releases_total" + OF_ORG_1;
        assertThat(after.value(made)).isEqualTo(before.value(made) + 1);
        assertThat(after.value(released)).isEqualTo(before.value(released) + 1);
        assertThat(after.value("vps_gateway_dhcp_allocations_active" + OF_ORG_1))
                .isEqualTo(1);
        assertThat(after.value("vps_gateway_dhcp_pool_size")).isEqualTo(POOL);
        assertThat(after.value("vps_gateway_dhcp_pool_available")).isEqualTo(POOL - 1);
        assertThat(after.value("vps_gateway_dhcp_quarantined")).isPositive();
        assertThat(after.value("vps_gateway_dhcp_server_status")).isEqualTo(1);
        assertThat(after.value("vps_gateway_uptime_seconds")).isGreaterThan(before.value("vps_gateway_uptime_seconds"));
    }

    @Test
    void leasesAreCountedWhileTheyLiveAndWhenTheyAreEnded() {
        // Given
        await("leases of the test before are gone").until(() -> world.metric("vps_gateway_dhcp_leases") == 0);
        api.allocate("vps-1", MAC);
        double ended = world.metric("vps_gateway_dhcp_leases_ended_total");

        // When
        Vps vps = world.bootedVps("vps-1", MAC);

        // Then
        await().until(() -> world.metric("vps_gateway_dhcp_leases") == 1);

        // When
        api.release(vps.name());

        // Then
        await().until(() -> world.metric("vps_gateway_dhcp_leases") == 0);
        await().until(() -> world.metric("vps_gateway_dhcp_leases_ended_total") == ended + 1);
    }

    @Test
    void theGaugeOfAnOrganizationWithNothingLeftDisappears() {
        // Given
        api.allocate("vps-1", MAC);
        assertThat(world.metric("vps_gateway_dhcp_allocations_active" + OF_ORG_1))
                .isEqualTo(1);

        // When
        api.release("vps-1");

        // Then
        assertThat(world.scrape().has("vps_gateway_dhcp_allocations_active" + OF_ORG_1))
                .isFalse();
        assertThat(world.scrape().has("vps_gateway_dhcp_releases_total" + OF_ORG_1))
                .isTrue();
    }

    @Test
    void callsAreMeasuredByMethodAndByTheCodeThatWasAnswered() {
        // Given
        Refused refused = Refused.by(() -> api.release("nobody"));

        // Then
        assertThat(refused.code()).isEqualTo(Code.NOT_FOUND);
        await().untilAsserted(() -> assertThat(measuredCalls())
                .anyMatch(series -> series.contains("method=\"ReleaseIP\"") && series.contains("=\"NOT_FOUND\"")));
        assertThat(measuredCalls()).noneMatch(series -> series.contains("=\"CANCELLED\""));
    }

    @Test
    void durationsOfConnectionsAreCountedFromOneSecondTo17MinutesDoubling() {
        // When
        Set<String> buckets = world.scrape().series().keySet();

        // Then
        assertThat(buckets.stream()
                        .filter(series ->
                                series.startsWith("vps_gateway_ssh_proxy_connection_duration_seconds_bucket{"))
                        .filter(series -> series.contains("vps_id=\"other\""))
                        .map(series -> series.replaceFirst(".*le=\"([^\"]*)\".*", "$1")))
                .containsExactlyInAnyOrder(
                        "1.0", "2.0", "4.0", "8.0", "16.0", "32.0", "64.0", "128.0", "256.0", "512.0", "1024.0",
                        "+Inf");
    }

    @Test
    void theLogHasTheLinesThatOperatorsSearchFor() {
        assertThat(world.gateway().output())
                .contains("[GatewayServer] Starting gRPC server on :1537", "[GatewayServer] Gateway server started");
    }

    private Stream<String> measuredCalls() {
        return world.scrape().series().keySet().stream()
                .filter(series -> series.startsWith("grpc_server_processing_duration_seconds_count"));
    }

    private static Set<String> ownNames(Scrape scrape) {
        return scrape.names().stream()
                .filter(name -> name.startsWith("vps_gateway_"))
                .collect(Collectors.toSet());
    }

    private static Set<String> documentedNames(String page) {
        return ROW.matcher(page)
                .results()
                .flatMap(row -> row.group(2).equals("histogram")
                        ? Stream.of("_bucket", "_count", "_sum").map(suffix -> row.group(1) + suffix)
                        : Stream.of(row.group(1)))
                .collect(Collectors.toSet());
    }

    private static Set<String> documentedLabels(String page, String name) {
        Matcher row = ROW.matcher(page);
        while (row.find()) {
            if (row.group(1).equals(name)) {
                return Stream.of(row.group(3).split("[`, ]+"))
                        .filter(label -> !label.isEmpty())
                        .collect(Collectors.toSet());
            }
        }
        throw new AssertionError(name + " is not documented");
    }

    /** Those of buckets aside, which all histograms have. */
    private static Set<String> labels(String series) {
        return LABEL.matcher(series)
                .results()
                .map(label -> label.group(1))
                .filter(label -> !label.equals("le"))
                .collect(Collectors.toSet());
    }
}

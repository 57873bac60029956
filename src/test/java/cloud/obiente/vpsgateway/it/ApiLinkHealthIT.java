package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What operators see of the links to the API, in readiness, metrics and the log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiLinkHealthIT {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final String NO_API = "no API is connected; what is allocated goes on being served";
    private static final String LINKS = "vps_gateway_api_links";
    private static final String OLDEST = "vps_gateway_api_link_oldest_seconds";
    private static final String NEWEST = "vps_gateway_api_link_newest_seconds";
    private static final String LOST = "vps_gateway_api_link_ends_total{cause=\"lost\"}";
    private static final String LAST_ERROR = "vps_gateway_api_last_error_timestamp_seconds";
    private static final String DISPUTES = "vps_gateway_api_node_name_disputes_total";

    private final World world = World.create("api-link-health");

    @BeforeAll
    void start() {
        world.start();
    }

    @AfterEach
    void allLinksAreGone() {
        await().until(() -> world.metric(LINKS) == 0);
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void withoutAnApiTheGatewayIsReadyAndWarns() {
        // When
        Map<String, Object> told = awaitDetail(detail -> detail.get("links").equals(0));

        // Then
        assertThat(told).containsEntry("warning", NO_API);
        await().until(world.gateway()::isReady);
        assertThat(world.scrape().series())
                .containsEntry(LINKS, 0.0)
                .containsEntry(OLDEST, 0.0)
                .containsEntry(NEWEST, 0.0);
    }

    @Test
    void eachInstanceIsNamedWithItsAge() {
        try (ApiInstance first = instance("api-1", "node-1")) {
            // Given
            first.awaitRegistered();
            await().until(() -> world.metric(OLDEST) > 1);

            try (ApiInstance second = instance("api-2", "node-1")) {
                // When
                second.awaitRegistered();

                // Then
                Map<String, Object> told =
                        awaitDetail(detail -> detail.get("links").equals(2));
                assertThat(told).containsEntry("node", "node-1").doesNotContainKey("warning");
                assertThat(told.get("link api-1")).asString().matches("version 'simulator', connected for \\d+ s");
                assertThat(told).containsKey("link api-2");
                assertThat(world.metric(LINKS)).isEqualTo(2);
                // A scrape reads one age after the other.
                await().until(
                                world::scrape,
                                ages -> ages.value(NEWEST) > 0 && ages.value(OLDEST) - ages.value(NEWEST) > 0.5);
            }
        }
    }

    @Test
    void aLostLinkIsTheLastErrorAndTheGatewayStaysReady() {
        // Given
        double before = world.metric(LOST);
        Instant begun = Instant.now();
        ApiInstance api = instance("api-1", "node-1");
        api.awaitRegistered();

        // When
        api.close();

        // Then
        await().until(() -> world.metric(LOST) == before + 1);
        Map<String, Object> told = awaitDetail(detail -> detail.containsKey("warning"));
        assertThat(told).containsEntry("links", 0).containsEntry("warning", NO_API);
        await().until(world.gateway()::isReady);
        assertThat(told.get("lastError")).asString().isNotBlank();
        assertThat(told.get("lastErrorAt")).asString().satisfies(at -> assertThat(Instant.parse(at))
                .isAfterOrEqualTo(begun));
        assertThat(world.metric(LAST_ERROR)).isGreaterThanOrEqualTo((double) begun.getEpochSecond());
        assertThat(world.gateway().output()).contains("link of api-1 ended: " + told.get("lastError"));
    }

    @Test
    void instancesThatDisagreeAboutTheNodesNameAreToldOfAndTheNewerWins() {
        try (ApiInstance older = instance("api-1", "node-1")) {
            // Given
            older.awaitRegistered();
            awaitDetail(detail -> detail.get("links").equals(1));
            double before = world.metric(DISPUTES);

            try (ApiInstance newer = instance("api-2", "node-2")) {
                // When
                assertThat(newer.awaitRegistered().getGatewayId()).isEqualTo("node-2");

                // Then
                Map<String, Object> told =
                        awaitDetail(detail -> detail.get("links").equals(2));
                assertThat(told).containsEntry("node", "node-2").containsKeys("link api-1", "link api-2");
                assertThat(world.metric(DISPUTES)).isEqualTo(before + 1);
                assertThat(world.gateway().output())
                        .contains(
                                "API instances disagree: 'api-2' calls this node 'node-2', 'api-1' called it 'node-1'");
            }
        }
    }

    private static ApiInstance instance(String id, String node) {
        return new ApiInstance(ENDPOINT, GatewayProcess.SECRET, id, node, question -> Optional.empty());
    }

    /** What readiness tells of the links, once it tells this, which may take it a second. */
    private Map<String, Object> awaitDetail(Predicate<Map<String, Object>> expected) {
        return await().until(this::detail, expected);
    }

    private Map<String, Object> detail() {
        String check = World.checkNamed("api links");
        return world.gateway()
                .get("/health/ready")
                .then()
                .body(check + ".status", equalTo("UP"))
                .extract()
                .path(check + ".data");
    }
}

package cloud.obiente.vpsgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Rest;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import io.grpc.Status.Code;
import io.restassured.response.Response;
import java.net.URI;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests with the secret that are as large as they may be, and that are larger in memory than on the wire. */
class BigInputIT extends OneGateway {
    private static final URI CALLS = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final String SYNC = "/obiente.cloud.vpsgateway.v1.VPSGatewayService/SyncAllocations";
    private static final DesiredAllocation UNREADABLE = DesiredAllocation.newBuilder()
            .setVpsId("?!")
            .setIpAddress("1.2.3.x")
            .build();

    BigInputIT() {
        super(World.create("big-input"));
    }

    @AfterEach
    void theGatewayLives() {
        assertThat(world.gateway().isAlive()).as(() -> world.gateway().output()).isTrue();
        assertThat(api.list()).isEmpty();
    }

    @Test
    void aQuarterOfAMillionUnreadableEntriesAreRefused() {
        // When
        Refused refused = Refused.by(() -> sync(250_000, UNREADABLE));

        // Then
        assertThat(refused.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(refused.message()).contains("too many fields");
    }

    @Test
    void twoMillionEmptyEntriesAreRefused() {
        assertThat(Refused.by(() -> sync(2_000_000, DesiredAllocation.getDefaultInstance()))
                        .code())
                .isEqualTo(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void asManyUnreadableEntriesAsMayBeAreAnsweredWithTheFirstReasons() {
        // When
        SyncAllocationsResponse answer = sync(130_000, UNREADABLE);

        // Then
        assertThat(answer.getSuccess()).isFalse();
        assertThat(answer.getMessage())
                .contains("left out 130000", "allocations[99]", "and 129900 more")
                .doesNotContain("allocations[100]");
    }

    private static Stream<Arguments> json() {
        return Stream.of(
                Arguments.of("empty entries", "{\"allocations\":[" + "{},".repeat(1_300_000) + "{}]}"),
                Arguments.of("numbers that nobody knows", "{\"x\":[" + "1,".repeat(2_000_000) + "1]}"),
                Arguments.of("names that nobody knows", "{" + "\"a\":1,".repeat(690_000) + "\"a\":1}"),
                Arguments.of("depth", "{\"x\":" + "[".repeat(2_000_000) + "]".repeat(2_000_000) + "}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("json")
    void jsonThatIsLargeInMemoryIsRefused(String what, String body) {
        // When
        Response answer = Rest.at(CALLS, "application/json", body.getBytes(UTF_8))
                .header("x-api-secret", GatewayProcess.SECRET)
                .post(SYNC);

        // Then
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.asString()).contains("resource_exhausted");
    }

    private SyncAllocationsResponse sync(int entries, DesiredAllocation entry) {
        return api.calls()
                .syncAllocations(SyncAllocationsRequest.newBuilder()
                        .addAllAllocations(Collections.nCopies(entries, entry))
                        .build());
    }
}

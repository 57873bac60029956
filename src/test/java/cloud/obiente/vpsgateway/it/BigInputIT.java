package cloud.obiente.vpsgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Rest;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.restassured.response.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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

    private static final int CALLERS = 12;
    private static final int CALLS_EACH = Effort.of(3, 20);

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

    private Stream<Arguments> atOnce() {
        Supplier<SyncAllocationsRequest> unreadable = () -> list(130_000, i -> UNREADABLE);
        Supplier<SyncAllocationsRequest> empty = () -> list(390_000, i -> DesiredAllocation.getDefaultInstance());
        // None of them can be had, so that nothing is left of it.
        Supplier<SyncAllocationsRequest> largest = () -> list(60_000, i -> DesiredAllocation.newBuilder()
                .setVpsId("vps-" + i)
                .setOrganizationId("organization-" + i)
                .setIpAddress("10.99." + i / 250 + "." + (1 + i % 250))
                .build());
        return Stream.of(
                Arguments.of("unreadable entries", unreadable),
                Arguments.of("empty entries", empty),
                Arguments.of("as many VPSs as fit", largest));
    }

    private static SyncAllocationsRequest list(int entries, IntFunction<DesiredAllocation> entry) {
        return SyncAllocationsRequest.newBuilder()
                .addAllAllocations(IntStream.range(0, entries).mapToObj(entry).toList())
                .build();
    }

    /** A gateway of 96 MB would need several times that if all were in memory at once. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("atOnce")
    void manyAtOnceAreWorkedOnOneAfterTheOtherAndLetOthersBe(String what, Supplier<SyncAllocationsRequest> list) {
        // Given
        SyncAllocationsRequest request = list.get();
        Queue<Code> codes = new ConcurrentLinkedQueue<>();
        OrdinaryWork work = new OrdinaryWork(Duration.ofSeconds(Effort.of(20, 5)));

        // When
        try (work) {
            work.start();
            List<CompletableFuture<Void>> callers = IntStream.range(0, CALLERS)
                    .mapToObj(i -> Background.run("caller-" + i, () -> call(request, codes)))
                    .toList();
            callers.forEach(CompletableFuture::join);
        }

        // Then
        assertThat(codes).hasSize(CALLERS * CALLS_EACH).contains(Code.OK).isSubsetOf(Code.OK, Code.UNAVAILABLE);
        assertThat(work.calls.share()).as("calls: %s", work.calls).isGreaterThanOrEqualTo(0.99);
        assertThat(work.dns.share()).as("DNS: %s", work.dns).isGreaterThanOrEqualTo(0.99);
        assertThat(work.probes.share()).as("probes: %s", work.probes).isGreaterThanOrEqualTo(0.99);
        assertThat(world.gateway().output()).doesNotContain("OutOfMemory");
    }

    private void call(SyncAllocationsRequest request, Queue<Code> codes) {
        try (GatewayClient caller = world.gateway().client()) {
            for (int i = 0; i < CALLS_EACH; i++) {
                try {
                    assertThat(caller.calls().syncAllocations(request)).isNotNull();
                    codes.add(Code.OK);
                } catch (StatusRuntimeException refused) {
                    codes.add(refused.getStatus().getCode());
                }
            }
        }
    }

    /** Messages of a stream are taken one by one, however large they are. */
    @Test
    void manyStreamsOfTheLargestMessages() {
        byte[] largest = new byte[(4 << 20) - 100];
        List<CompletableFuture<Void>> callers = IntStream.range(0, CALLERS)
                .mapToObj(i -> Background.run("caller-" + i, () -> {
                    try (ProxyClient caller = world.proxyClient()) {
                        ProxyStream stream = caller.stream();
                        for (int j = 0; j < CALLS_EACH; j++) {
                            stream.data("nobody's", largest);
                        }
                        stream.halfClose();
                        stream.end();
                    }
                }))
                .toList();
        callers.forEach(CompletableFuture::join);
        assertThat(world.gateway().output()).doesNotContain("OutOfMemory");
    }

    private SyncAllocationsResponse sync(int entries, DesiredAllocation entry) {
        return api.calls()
                .syncAllocations(SyncAllocationsRequest.newBuilder()
                        .addAllAllocations(Collections.nCopies(entries, entry))
                        .build());
    }
}

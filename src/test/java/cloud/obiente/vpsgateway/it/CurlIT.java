package cloud.obiente.vpsgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.ReleaseIPRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The port as plain HTTP: what a person with curl sees, and what the protocols promise in so many bytes. */
class CurlIT extends OneGateway {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final String ALLOCATE = "{\"vpsId\":\"vps-1\",\"macAddress\":\"" + MAC + "\"}";
    private static final int OVER_THE_LIMIT = 5 << 20;

    private final Curl curl = new Curl("curl-files");

    CurlIT() {
        super(World.create("curl"));
    }

    @ParameterizedTest
    @CsvSource({"--http1.1, 1.1", "--http2-prior-knowledge, 2", "--http2, 2"})
    void jsonIsAnsweredOverEveryHttp(String option, String version) {
        // When
        Curl.Answer answer = curl.post("AllocateIP", ALLOCATE, option);

        // Then
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.httpVersion()).isEqualTo(version);
        assertThat(answer.header("content-type")).contains("application/json");
        assertThat(world.assertEverythingAgrees())
                .containsExactly(Holding.of("vps-1", answer.json().getString("ipAddress"), MAC.toString()));
    }

    @Test
    void whatChangesNothingMayBeFetched() {
        // Given
        api.allocate("vps-1", MAC);

        // When
        Curl.Answer fetched = curl.call(
                "ListIPs",
                new String[] {"--get"},
                "--data",
                "connect=v1&encoding=json",
                "--data-urlencode",
                "message={\"vpsId\":\"vps-1\"}");
        Curl.Answer changing =
                curl.call("ReleaseIP", new String[] {"--get"}, "--data", "connect=v1&encoding=json&message=%7B%7D");
        Curl.Answer garbled = curl.call("ListIPs", new String[] {"--get"}, "--data", "encoding=json&message=%zz");

        // Then
        assertThat(fetched.status()).as(fetched.text()).isEqualTo(200);
        assertThat(fetched.json().getJsonArray("allocations")).hasSize(1);
        assertThat(changing.status()).isEqualTo(405);
        assertThat(changing.header("allow")).contains("POST");
        assertThat(world.listed()).hasSize(1);
        assertThat(garbled.status()).isEqualTo(400);
    }

    @Test
    void refusalsTellPeopleAndPrograms() throws Exception {
        // When
        Curl.Answer refused = curl.post("ReleaseIP", "{\"vpsId\":\"vps-1\"}").assertRefused(404, "not_found");

        // Then
        assertThat(refused.json().getString("message")).contains("vps-1 has no private address");
        JsonObject detail = refused.json().getJsonArray("details").getJsonObject(0);
        assertThat(detail.getString("type")).isEqualTo("google.rpc.ErrorInfo");
        assertThat(ErrorInfo.parseFrom(Base64.getDecoder().decode(detail.getString("value")))
                        .getReason())
                .isEqualTo("NOT_FOUND");
    }

    @Test
    void grpcTellsTheSameInTrailers() throws Exception {
        // Given
        byte[] request =
                envelope(ReleaseIPRequest.newBuilder().setVpsId("vps-1").build().toByteArray());

        // When
        Curl.Answer refused = curl.call(
                "ReleaseIP",
                new String[] {"--http2-prior-knowledge", "--header", "content-type: application/grpc"},
                "--data-binary",
                "@" + curl.file("request", request));

        // Then
        assertThat(refused.status()).isEqualTo(200);
        assertThat(refused.header("grpc-status")).contains("5");
        Status status = Status.parseFrom(Base64.getDecoder()
                .decode(refused.header("grpc-status-details-bin").orElseThrow()));
        assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("NOT_FOUND");
        assertThat(refused.header("x-api-secret")).isEmpty();
    }

    @Test
    void unauthenticatedCallersAreRefused() {
        curl.fetch(Curl.SERVICE + "/ListIPs", "--header", "content-type: application/json", "--data", "{}")
                .assertRefused(401, "unauthenticated");
    }

    @Test
    void otherTypesAndVerbsAreRefused() {
        Curl.Answer type = curl.call("ListIPs", new String[0], "--header", "content-type: text/xml", "--data", "<a/>");
        assertThat(type.status()).isEqualTo(415);
        assertThat(type.header("accept-post").orElseThrow()).contains("application/json", "application/grpc");

        Curl.Answer verb = curl.call("ListIPs", new String[0], "--request", "DELETE");
        assertThat(verb.status()).isEqualTo(405);
        assertThat(verb.header("allow")).contains("GET, POST");

        curl.post("NoSuchMethod", "{}").assertRefused(404, "unimplemented");
        assertThat(curl.fetch("nothing/here").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"vpsId\":[]}", "\"\"", "null", "{\"vpsId\":\"\\ud800\"}"})
    void malformedJsonIsAnInvalidArgument(String json) {
        curl.post("ListIPs", json).assertRefused(400, "invalid_argument");
    }

    @Test
    void longAnswersAreCompressedForWhoeverAsks() {
        // Given
        api.sync(IntStream.range(1, 200)
                .mapToObj(number -> Holding.of(
                        "vps-with-a-long-name-so-that-the-list-is-long-" + number,
                        "10.15.3." + (20 + number),
                        "02:00:00:00:02:%02x".formatted(number)))
                .map(Api::desired)
                .toList());

        // When
        Curl.Answer packed = curl.post("ListIPs", "{}", "--compressed");
        Curl.Answer plain = curl.post("ListIPs", "{}");

        // Then
        assertThat(packed.header("content-encoding")).contains("gzip");
        assertThat(packed.json().getJsonArray("allocations")).hasSize(199);
        assertThat(plain.header("content-encoding")).isEmpty();
        assertThat(plain.json().getJsonArray("allocations")).hasSize(199);
        assertThat(curl.post("GetGatewayInfo", "{}", "--compressed").header("content-encoding"))
                .isEmpty();
    }

    @Test
    void compressedRequestsAreUnderstood() throws IOException {
        // When
        Curl.Answer answer = post("AllocateIP", gzip(ALLOCATE.getBytes(UTF_8)), "content-encoding: gzip");

        // Then
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        post("AllocateIP", ALLOCATE.getBytes(UTF_8), "content-encoding: gzip").assertRefused(400, "invalid_argument");
        post("AllocateIP", ALLOCATE.getBytes(UTF_8), "content-encoding: br").assertRefused(501, "unimplemented");
    }

    @Test
    void messagesOverTheLimitAreRefusedHoweverTheyArePacked() throws IOException {
        byte[] large = ("{\"vpsId\":\"" + "a".repeat(OVER_THE_LIMIT) + "\"}").getBytes(UTF_8);
        post("ListIPs", large).assertRefused(429, "resource_exhausted");
        post("ListIPs", gzip(large), "content-encoding: gzip").assertRefused(429, "resource_exhausted");
        assertThat(curl.post("ListIPs", "{}").status()).isEqualTo(200);
    }

    @Test
    void binaryMetadataIsReadAndHasToBeBase64() {
        assertThat(curl.post("ListIPs", "{}", "--header", "x-trace-bin: AAH+/w, AA==")
                        .status())
                .isEqualTo(200);
        curl.post("ListIPs", "{}", "--header", "x-trace-bin: ?").assertRefused(400, "invalid_argument");
    }

    private Curl.Answer post(String method, byte[] body, String... headers) {
        String[] options = IntStream.range(0, 2 * headers.length)
                .mapToObj(at -> at % 2 == 0 ? "--header" : headers[at / 2])
                .toArray(String[]::new);
        return curl.post(method, "@" + curl.file("request", body), options);
    }

    private static byte[] envelope(byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}

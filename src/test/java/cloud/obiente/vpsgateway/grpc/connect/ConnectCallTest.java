package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import cloud.obiente.vpsgateway.grpc.connect.echo.Words;
import cloud.obiente.vpsgateway.lab.Rest;
import com.google.rpc.ErrorInfo;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program without a gRPC library, or a web page, sees of the adapter. */
class ConnectCallTest {
    private static final String SERVICE = "/vpsgateway.test.echo.v1.EchoService/";
    private static final String ORIGIN = "https://panel.example";

    private final EchoService echo = new EchoService();
    private final RpcTestServer server =
            new RpcTestServer(new RpcSettings(64 << 10, Set.of(ORIGIN), Set.of()), echo.bindService());

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void jsonIsAnsweredWithJson() throws Exception {
        Response response = post("Say", "application/json", json("hello"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.contentType()).isEqualTo("application/json");
        assertThat(text(response)).isEqualTo("{\"text\":\"hello\"}");
    }

    @Test
    void unknownJsonFieldIsIgnored() throws Exception {
        byte[] body = "{\"text\":\"hello\",\"invented\":{\"later\":[1]}}".getBytes(UTF_8);
        assertThat(text(post("Say", "application/json; charset=UTF-8", body))).isEqualTo("{\"text\":\"hello\"}");
    }

    @Test
    void protobufIsAnsweredWithProtobuf() throws Exception {
        Response response =
                post("Say", "application/proto", EchoService.words("hello").toByteArray());
        assertThat(Words.parseFrom(response.asByteArray()).getText()).isEqualTo("hello");
    }

    @Test
    void errorIsJsonWithStatusAndDetails() throws Exception {
        Response response = post(
                "Say", "application/proto", EchoService.words(EchoService.FAIL).toByteArray());
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.contentType()).isEqualTo("application/json");
        String detail = response.then()
                .body("code", equalTo("failed_precondition"))
                .body("message", equalTo("100 % wrong: \u00fcber"))
                .body("details[0].type", equalTo("google.rpc.ErrorInfo"))
                .extract()
                .path("details[0].value");
        assertThat(ErrorInfo.parseFrom(Base64.getDecoder().decode(detail)).getReason())
                .isEqualTo("ECHO_TIRED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"text\":", "{\"padding\":\"?\"}", "[]", "{\"times\":\"many\"}", "\u0000"})
    void malformedJsonIsInvalid(String body) throws Exception {
        assertError(post("Say", "application/json", body.getBytes(UTF_8)), 400, "invalid_argument");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"times\":%s}", "{\"times\":\"%s\"}", "{\"times\":-0.%se9}"})
    void aNumberThatIsNoneIsRefusedUnread(String form) throws Exception {
        byte[] body = form.formatted("9".repeat(60_000)).getBytes(UTF_8);
        Response response = post("Say", "application/json", body);
        assertError(response, 400, "invalid_argument");
        assertThat(text(response)).contains("a number of more than");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "padding", "invented"})
    void manyDigitsThatAreNoNumberAreTakenAsTheyAre(String field) throws Exception {
        String digits = "0123456789".repeat(2_000);
        Response response = post("Say", "application/json", ("{\"" + field + "\":\"" + digits + "\"}").getBytes(UTF_8));
        assertThat(text(response))
                .isEqualTo(field.equals("invented") ? "{}" : "{\"" + field + "\":\"" + digits + "\"}");
    }

    @Test
    void malformedTextEncodingIsInvalid() throws Exception {
        byte[] body = {'{', '"', 't', 'e', 'x', 't', '"', ':', '"', (byte) 0xFF, '"', '}'};
        assertError(post("Say", "application/json", body), 400, "invalid_argument");
    }

    @Test
    void messageOverTheLimitIsRefusedHoweverItIsPacked() throws Exception {
        byte[] large = EchoService.padded(1 << 20).toByteArray();
        assertError(post("Say", "application/proto", large), 429, "resource_exhausted");
        assertError(
                post("Say", "application/proto", gzip(large), "content-encoding", "gzip"), 429, "resource_exhausted");
    }

    @Test
    void aServiceMayHaveASmallerLimit() throws Exception {
        RpcSettings settings =
                new RpcSettings(64 << 10, Set.of(), Set.of(), Map.of("vpsgateway.test.echo.v1.EchoService", 100));
        try (RpcTestServer small = new RpcTestServer(settings, echo.bindService())) {
            byte[] fits = EchoService.padded(90).toByteArray();
            byte[] large = EchoService.padded(200).toByteArray();
            assertThat(post(small, "Say", "application/proto", fits).statusCode())
                    .isEqualTo(200);
            assertError(post(small, "Say", "application/proto", large), 429, "resource_exhausted");
            assertError(
                    post(small, "Say", "application/proto", gzip(large), "content-encoding", "gzip"),
                    429,
                    "resource_exhausted");
        }
    }

    @Test
    void gzipIsUnderstoodAndUnknownCompressionRefused() throws Exception {
        byte[] body = gzip(EchoService.words("squeezed").toByteArray());
        Response response = post("Say", "application/proto", body, "content-encoding", "gzip");
        assertThat(Words.parseFrom(response.asByteArray()).getText()).isEqualTo("squeezed");
        assertError(post("Say", "application/proto", body, "content-encoding", "br"), 501, "unimplemented");
        assertError(
                post("Say", "application/proto", new byte[] {1, 2}, "content-encoding", "gzip"),
                400,
                "invalid_argument");
    }

    @Test
    void gzipThatIsNothingButEmptyMembersIsInvalid() throws Exception {
        byte[] member = gzip(new byte[0]);
        ByteBuffer body = ByteBuffer.allocate(100_000 * member.length);
        while (body.hasRemaining()) {
            body.put(member);
        }
        try (RpcTestServer roomy = new RpcTestServer(echo.bindService())) {
            assertError(
                    post(roomy, "Say", "application/proto", body.array(), "content-encoding", "gzip"),
                    400,
                    "invalid_argument");
        }
    }

    @Test
    void deadlineIsHonoured() throws Exception {
        // The first request of all loads REST Assured and Groovy, for which nobody is to wait below.
        assertThat(post("Say", "application/json", json("x")).statusCode()).isEqualTo(200);
        // On a busy machine a deadline can pass before the handler has the call: not the case that is meant here.
        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            Response response = post("Say", "application/json", json(EchoService.HANG), "connect-timeout-ms", "100");
            assertError(response, 504, "deadline_exceeded");
            return echo.started.get() > 0;
        });
        await().untilAsserted(() -> assertThat(echo.cancelled.get()).isEqualTo(echo.started.get()));
        assertError(post("Say", "application/json", json("x"), "connect-timeout-ms", "soon"), 400, "invalid_argument");
    }

    @Test
    void unknownProtocolVersionIsRefused() throws Exception {
        assertThat(post("Say", "application/json", json("x"), "connect-protocol-version", "1")
                        .statusCode())
                .isEqualTo(200);
        assertError(
                post("Say", "application/json", json("x"), "connect-protocol-version", "2"), 400, "invalid_argument");
    }

    @Test
    void getIsForMethodsWithoutSideEffects() throws Exception {
        String message = URLEncoder.encode("{\"text\":\"\u00fcber\"}", UTF_8);
        Response plain = get("Peek?connect=v1&encoding=json&message=" + message);
        assertThat(text(plain)).isEqualTo("{\"text\":\"\u00fcber\"}");

        String packed = Base64.getUrlEncoder()
                .encodeToString(gzip(EchoService.words("packed").toByteArray()));
        Response base64 = get("Peek?encoding=proto&compression=gzip&base64=1&message=" + packed);
        assertThat(Words.parseFrom(base64.asByteArray()).getText()).isEqualTo("packed");

        Response refused = get("Say?connect=v1&encoding=json&message=" + message);
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.header("allow")).isEqualTo("POST");
        assertThat(get("Peek?encoding=xml&message=" + message).statusCode()).isEqualTo(415);
        assertError(get("Peek?encoding=json"), 400, "invalid_argument");
    }

    @Test
    void otherVerbsTypesAndMethodsAreRefused() throws Exception {
        Response verb = Rest.at(server.uri("/")).delete(SERVICE + "Peek");
        assertThat(verb.statusCode()).isEqualTo(405);
        assertThat(verb.header("allow")).isEqualTo("GET, POST");

        Response type = post("Say", "text/plain", json("x"));
        assertThat(type.statusCode()).isEqualTo(415);
        assertThat(type.header("accept-post")).contains("application/json");
        assertThat(type.asString()).contains("content type", "Say", "application/json");
        assertThat(verb.asString()).contains("DELETE", "Peek", "GET, POST");
        assertThat(post("Say", "application/connect+json", json("x")).statusCode())
                .isEqualTo(415);
        assertThat(post("Chat", "application/json", json("x")).statusCode()).isEqualTo(415);
        Response version = post("Say", "application/grpc", json("x"));
        assertThat(version.statusCode()).isEqualTo(505);
        assertThat(version.asString()).contains("HTTP/2");
        assertError(post("Nothing", "application/json", json("x")), 404, "unimplemented");
    }

    @Test
    void streamEndsWithAnEnvelope() throws Exception {
        byte[] request = envelope(
                0, Words.newBuilder().setText("again").setTimes(2).build().toByteArray());
        List<Frame> frames =
                frames(post("Repeat", "application/connect+proto", request).asByteArray());
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 0, 2);
        assertThat(Words.parseFrom(frames.get(1).content()).getText()).isEqualTo("again");
        assertThat(new String(frames.get(2).content(), UTF_8)).isEqualTo("{}");
    }

    @Test
    void streamErrorIsInTheLastEnvelope() throws Exception {
        byte[] request = envelope(0, "{\"text\":\"fail\",\"times\":1}".getBytes(UTF_8));
        Response response = post("Repeat", "application/connect+json", request);
        assertThat(response.statusCode()).isEqualTo(200);
        List<Frame> frames = frames(response.asByteArray());
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 2);
        JsonObject error = new JsonObject(new String(frames.get(1).content(), UTF_8)).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("failed_precondition");
        assertThat(error.getJsonArray("details")).hasSize(1);
    }

    @Test
    void halfDuplexStreamWorksOverHttp1() throws Exception {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        for (String text : List.of("a", "b", "c")) {
            request.write(envelope(0, EchoService.words(text).toByteArray()));
        }
        List<Frame> frames = frames(
                post("Chat", "application/connect+proto", request.toByteArray()).asByteArray());
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 0, 0, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc-web+proto", "application/grpc-web", "application/grpc-web-text"})
    void grpcWebEndsWithTrailersInTheBody(String contentType) throws Exception {
        byte[] request = envelope(0, EchoService.words("web").toByteArray());
        boolean text = contentType.contains("text");
        Response response = post("Say", contentType, text ? Base64.getEncoder().encode(request) : request);
        assertThat(response.contentType()).isEqualTo(contentType);
        byte[] body = text ? Base64.getDecoder().decode(response.asByteArray()) : response.asByteArray();
        List<Frame> frames = frames(body);
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 0x80);
        assertThat(Words.parseFrom(frames.get(0).content()).getText()).isEqualTo("web");
        assertThat(new String(frames.get(1).content(), UTF_8)).isEqualTo("grpc-status: 0\r\n");
    }

    @Test
    void pagesOfAllowedOriginsMayCallAndOthersMayNot() throws Exception {
        Response allowed = preflight(ORIGIN);
        assertThat(allowed.statusCode()).isEqualTo(204);
        assertThat(allowed.header("access-control-allow-origin")).isEqualTo(ORIGIN);
        assertThat(allowed.header("access-control-allow-headers")).isEqualTo("x-api-secret");
        Response refused = preflight("https://evil.example");
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.header("access-control-allow-origin")).isNull();
    }

    @Test
    void lostHttp1ConnectionReachesTheHandler() throws Exception {
        byte[] body = json(EchoService.HANG);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("POST " + SERVICE + "Say HTTP/1.1\r\nhost: x\r\n"
                                    + "content-type: application/json\r\ncontent-length: " + body.length + "\r\n\r\n")
                            .getBytes(UTF_8));
            socket.getOutputStream().write(body);
            await().untilAtomic(echo.started, value -> assertThat(value).isEqualTo(1));
        }
        await().untilAtomic(echo.cancelled, value -> assertThat(value).isEqualTo(1));
    }

    @Test
    void queryThatIsNotUrlEncodedIsInvalid() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET " + SERVICE + "Peek?encoding=json&message=%zz HTTP/1.1\r\nhost: x\r\n"
                                    + "connection: close\r\n\r\n")
                            .getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("invalid_argument");
        }
    }

    private Response preflight(String origin) {
        return Rest.at(server.uri("/"))
                .headers("origin", origin)
                .headers("access-control-request-method", "POST", "access-control-request-headers", "x-api-secret")
                .options(SERVICE + "Say");
    }

    private Response get(String methodAndQuery) {
        return Rest.at(server.uri("/")).get(SERVICE + methodAndQuery);
    }

    private Response post(String method, String contentType, byte[] body, String... headers) {
        return post(server, method, contentType, body, headers);
    }

    private static Response post(
            RpcTestServer server, String method, String contentType, byte[] body, String... headers) {
        RequestSpecification request = Rest.at(server.uri("/"), contentType, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.post(SERVICE + method);
    }

    private static void assertError(Response response, int httpStatus, String code) {
        assertThat(response.statusCode()).as(text(response)).isEqualTo(httpStatus);
        response.then().body("code", equalTo(code));
    }

    private static String text(Response response) {
        return new String(response.asByteArray(), UTF_8);
    }

    private static byte[] json(String text) {
        return ("{\"text\":\"" + text + "\"}").getBytes(UTF_8);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] envelope(int flags, byte[] content) {
        return Envelope.wrap(content, flags).getBytes();
    }

    private static List<Frame> frames(byte[] body) {
        List<Frame> frames = new ArrayList<>();
        for (int at = 0; at < body.length; ) {
            int length = ByteBuffer.wrap(body, at + 1, 4).getInt();
            int from = at + Envelope.PREFIX_BYTES;
            frames.add(new Frame(body[at] & 0xFF, Arrays.copyOfRange(body, from, from + length)));
            at = from + length;
        }
        return frames;
    }

    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Frame(int flags, byte[] content) {}
}

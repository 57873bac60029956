package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.grpc.connect.echo.Words;
import com.google.rpc.ErrorInfo;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

/** The JDK's HTTP client against the adapter: what curl and a web page see. */
class ConnectCallTest {
    private static final String SERVICE = "/vpsgateway.test.echo.v1.EchoService/";
    private static final String ORIGIN = "https://panel.example";

    private final EchoService echo = new EchoService();
    private final RpcTestServer server =
            new RpcTestServer(new RpcSettings(64 << 10, Set.of(ORIGIN), Set.of()), echo.bindService());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void jsonIsAnsweredWithJson() throws Exception {
        HttpResponse<byte[]> response = post("Say", "application/json", json("hello"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(text(response)).isEqualTo("{\"text\":\"hello\"}");
    }

    @Test
    void unknownJsonFieldIsIgnored() throws Exception {
        byte[] body = "{\"text\":\"hello\",\"invented\":{\"later\":[1]}}".getBytes(UTF_8);
        assertThat(text(post("Say", "application/json; charset=UTF-8", body))).isEqualTo("{\"text\":\"hello\"}");
    }

    @Test
    void protobufIsAnsweredWithProtobuf() throws Exception {
        HttpResponse<byte[]> response =
                post("Say", "application/proto", EchoService.words("hello").toByteArray());
        assertThat(Words.parseFrom(response.body()).getText()).isEqualTo("hello");
    }

    @Test
    void errorIsJsonWithStatusAndDetails() throws Exception {
        HttpResponse<byte[]> response = post(
                "Say", "application/proto", EchoService.words(EchoService.FAIL).toByteArray());
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        JsonObject error = new JsonObject(text(response));
        assertThat(error.getString("code")).isEqualTo("failed_precondition");
        assertThat(error.getString("message")).isEqualTo("100 % wrong: \u00fcber");
        JsonObject detail = error.getJsonArray("details").getJsonObject(0);
        assertThat(detail.getString("type")).isEqualTo("google.rpc.ErrorInfo");
        assertThat(ErrorInfo.parseFrom(Base64.getDecoder().decode(detail.getString("value")))
                        .getReason())
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
        HttpResponse<byte[]> response = post("Say", "application/json", body);
        assertError(response, 400, "invalid_argument");
        assertThat(text(response)).contains("a number of more than");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "padding", "invented"})
    void manyDigitsThatAreNoNumberAreTakenAsTheyAre(String field) throws Exception {
        String digits = "0123456789".repeat(2_000);
        HttpResponse<byte[]> response =
                post("Say", "application/json", ("{\"" + field + "\":\"" + digits + "\"}").getBytes(UTF_8));
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
            URI say = small.uri(SERVICE + "Say");
            HttpRequest.Builder request = HttpRequest.newBuilder(say).header("content-type", "application/proto");
            byte[] fits = EchoService.padded(90).toByteArray();
            byte[] large = EchoService.padded(200).toByteArray();
            assertThat(send(request, fits).statusCode()).isEqualTo(200);
            assertError(send(request, large), 429, "resource_exhausted");
            assertError(send(request.header("content-encoding", "gzip"), gzip(large)), 429, "resource_exhausted");
        }
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request, byte[] body)
            throws IOException, InterruptedException {
        return client.send(
                request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void gzipIsUnderstoodAndUnknownCompressionRefused() throws Exception {
        byte[] body = gzip(EchoService.words("squeezed").toByteArray());
        HttpResponse<byte[]> response = post("Say", "application/proto", body, "content-encoding", "gzip");
        assertThat(Words.parseFrom(response.body()).getText()).isEqualTo("squeezed");
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
            HttpRequest.Builder request = HttpRequest.newBuilder(roomy.uri(SERVICE + "Say"))
                    .header("content-type", "application/proto")
                    .header("content-encoding", "gzip")
                    .timeout(Duration.ofSeconds(10));
            assertError(send(request, body.array()), 400, "invalid_argument");
        }
    }

    @Test
    void deadlineIsHonoured() throws Exception {
        // On a busy machine a deadline can pass before the handler has the call: not the case that is meant here.
        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            HttpResponse<byte[]> response =
                    post("Say", "application/json", json(EchoService.HANG), "connect-timeout-ms", "100");
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
        HttpResponse<byte[]> plain = get("Peek?connect=v1&encoding=json&message=" + message);
        assertThat(text(plain)).isEqualTo("{\"text\":\"\u00fcber\"}");

        String packed = Base64.getUrlEncoder()
                .encodeToString(gzip(EchoService.words("packed").toByteArray()));
        HttpResponse<byte[]> base64 = get("Peek?encoding=proto&compression=gzip&base64=1&message=" + packed);
        assertThat(Words.parseFrom(base64.body()).getText()).isEqualTo("packed");

        HttpResponse<byte[]> refused = get("Say?connect=v1&encoding=json&message=" + message);
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("allow")).contains("POST");
        assertThat(get("Peek?encoding=xml&message=" + message).statusCode()).isEqualTo(415);
        assertError(get("Peek?encoding=json"), 400, "invalid_argument");
    }

    @Test
    void otherVerbsTypesAndMethodsAreRefused() throws Exception {
        HttpRequest delete =
                HttpRequest.newBuilder(server.uri(SERVICE + "Peek")).DELETE().build();
        HttpResponse<byte[]> verb = client.send(delete, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(verb.statusCode()).isEqualTo(405);
        assertThat(verb.headers().firstValue("allow")).contains("GET, POST");

        HttpResponse<byte[]> type = post("Say", "text/plain", json("x"));
        assertThat(type.statusCode()).isEqualTo(415);
        assertThat(type.headers().firstValue("accept-post").orElseThrow()).contains("application/json");
        assertThat(post("Say", "application/connect+json", json("x")).statusCode())
                .isEqualTo(415);
        assertThat(post("Chat", "application/json", json("x")).statusCode()).isEqualTo(415);
        assertThat(post("Say", "application/grpc", json("x")).statusCode()).isEqualTo(505);
        assertError(post("Nothing", "application/json", json("x")), 404, "unimplemented");
    }

    @Test
    void streamEndsWithAnEnvelope() throws Exception {
        byte[] request = envelope(
                0, Words.newBuilder().setText("again").setTimes(2).build().toByteArray());
        List<Frame> frames =
                frames(post("Repeat", "application/connect+proto", request).body());
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 0, 2);
        assertThat(Words.parseFrom(frames.get(1).content()).getText()).isEqualTo("again");
        assertThat(new String(frames.get(2).content(), UTF_8)).isEqualTo("{}");
    }

    @Test
    void streamErrorIsInTheLastEnvelope() throws Exception {
        byte[] request = envelope(0, "{\"text\":\"fail\",\"times\":1}".getBytes(UTF_8));
        HttpResponse<byte[]> response = post("Repeat", "application/connect+json", request);
        assertThat(response.statusCode()).isEqualTo(200);
        List<Frame> frames = frames(response.body());
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
                post("Chat", "application/connect+proto", request.toByteArray()).body());
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 0, 0, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc-web+proto", "application/grpc-web", "application/grpc-web-text"})
    void grpcWebEndsWithTrailersInTheBody(String contentType) throws Exception {
        byte[] request = envelope(0, EchoService.words("web").toByteArray());
        boolean text = contentType.contains("text");
        HttpResponse<byte[]> response =
                post("Say", contentType, text ? Base64.getEncoder().encode(request) : request);
        assertThat(response.headers().firstValue("content-type")).contains(contentType);
        byte[] body = text ? Base64.getDecoder().decode(response.body()) : response.body();
        List<Frame> frames = frames(body);
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 0x80);
        assertThat(Words.parseFrom(frames.get(0).content()).getText()).isEqualTo("web");
        assertThat(new String(frames.get(1).content(), UTF_8)).isEqualTo("grpc-status: 0\r\n");
    }

    @Test
    void pagesOfAllowedOriginsMayCallAndOthersMayNot() throws Exception {
        HttpResponse<byte[]> allowed = preflight(ORIGIN);
        assertThat(allowed.statusCode()).isEqualTo(204);
        assertThat(allowed.headers().firstValue("access-control-allow-origin")).contains(ORIGIN);
        assertThat(allowed.headers().firstValue("access-control-allow-headers")).contains("x-api-secret");
        HttpResponse<byte[]> refused = preflight("https://evil.example");
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("access-control-allow-origin")).isEmpty();
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

    private HttpResponse<byte[]> preflight(String origin) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.uri(SERVICE + "Say"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .headers("origin", origin)
                .headers("access-control-request-method", "POST", "access-control-request-headers", "x-api-secret")
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String methodAndQuery) throws IOException, InterruptedException {
        URI uri = server.uri(SERVICE + methodAndQuery);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> post(String method, String contentType, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(SERVICE + method))
                .header("content-type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static void assertError(HttpResponse<byte[]> response, int httpStatus, String code) {
        assertThat(response.statusCode()).as(text(response)).isEqualTo(httpStatus);
        assertThat(new JsonObject(text(response)).getString("code")).isEqualTo(code);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), UTF_8);
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

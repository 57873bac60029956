package cloud.obiente.vpsgateway.grpc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GATEWAY_CORS_ORIGINS, from the variable to what a browser is told. */
@QuarkusTest
@TestProfile(CorsWiringTest.OnePanel.class)
class CorsWiringTest {
    private static final String PANEL = "https://panel.example";
    private static final String SECRET = "development-secret-not-for-production";
    private static final String METHOD = "/obiente.cloud.vpsgateway.v1.VPSGatewayService/ListIPs";

    /** A gateway whose operator has named one web page. */
    public static final class OnePanel implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("gateway.cors-origins", PANEL + ", http://localhost:5173");
        }
    }

    @TestHTTPResource
    URI server;

    private final HttpClient client = HttpClient.newHttpClient();

    /** The headers that the two web clients of the world ask for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            connect-protocol-version,connect-timeout-ms,content-type,x-api-secret
            content-type,grpc-timeout,x-api-secret,x-grpc-web,x-user-agent
            """)
    void aNamedPageMaySendWhatItsProtocolNeeds(String headers) throws Exception {
        HttpResponse<String> permission = preflight(PANEL, headers);

        assertThat(permission.statusCode()).isEqualTo(204);
        assertThat(header(permission, "access-control-allow-origin")).isEqualTo(PANEL);
        assertThat(header(permission, "access-control-allow-methods")).contains("POST");
        assertThat(header(permission, "access-control-allow-headers")).isEqualTo(headers);
        assertThat(header(permission, "vary")).isEqualTo("origin");
    }

    @Test
    void aNamedPageMayReadConnectAnswersAndRefusals() throws Exception {
        HttpResponse<String> answer = call(PANEL, "application/json", BodyPublishers.ofString("{}"), SECRET);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertReadable(answer);

        HttpResponse<String> refusal = call(PANEL, "application/json", BodyPublishers.ofString("{}"), "guessed");
        assertThat(refusal.statusCode()).isEqualTo(401);
        assertReadable(refusal);
    }

    @Test
    void aNamedPageMayReadGrpcWebAnswersAndRefusals() throws Exception {
        byte[] emptyMessage = {0, 0, 0, 0, 0};
        HttpResponse<String> answer =
                call(PANEL, "application/grpc-web+proto", BodyPublishers.ofByteArray(emptyMessage), SECRET);
        assertThat(answer.body()).contains("grpc-status: 0");
        assertReadable(answer);

        assertReadable(call(PANEL, "application/grpc-web+proto", BodyPublishers.ofByteArray(emptyMessage), "guessed"));
    }

    @Test
    void anotherPageMayNot() throws Exception {
        HttpResponse<String> refused = preflight("https://evil.example", "x-api-secret");
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(header(refused, "access-control-allow-origin")).isEmpty();

        HttpResponse<String> unread =
                call("https://evil.example", "application/json", BodyPublishers.ofString("{}"), SECRET);
        assertThat(header(unread, "access-control-allow-origin")).isEmpty();
        assertThat(header(unread, "vary")).isEqualTo("origin");
    }

    private static void assertReadable(HttpResponse<String> response) {
        assertThat(header(response, "access-control-allow-origin")).isEqualTo(PANEL);
        assertThat(header(response, "access-control-expose-headers")).isEqualTo("*");
    }

    private HttpResponse<String> preflight(String origin, String headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.resolve(METHOD))
                .method("OPTIONS", BodyPublishers.noBody())
                .headers("origin", origin, "access-control-request-method", "POST")
                .header("access-control-request-headers", headers));
    }

    private HttpResponse<String> call(String origin, String contentType, HttpRequest.BodyPublisher body, String secret)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.resolve(METHOD))
                .POST(body)
                .headers("origin", origin, "content-type", contentType, "x-api-secret", secret));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}

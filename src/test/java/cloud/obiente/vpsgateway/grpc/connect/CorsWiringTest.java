package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Rest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
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

    /** The headers that the two web clients of the world ask for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            connect-protocol-version,connect-timeout-ms,content-type,x-api-secret
            content-type,grpc-timeout,x-api-secret,x-grpc-web,x-user-agent
            """)
    void aNamedPageMaySendWhatItsProtocolNeeds(String headers) {
        Response permission = preflight(PANEL, headers);

        assertThat(permission.statusCode()).isEqualTo(204);
        assertThat(header(permission, "access-control-allow-origin")).isEqualTo(PANEL);
        assertThat(header(permission, "access-control-allow-methods")).contains("POST");
        assertThat(header(permission, "access-control-allow-headers")).isEqualTo(headers);
        assertThat(header(permission, "vary")).isEqualTo("origin");
    }

    @Test
    void aNamedPageMayReadConnectAnswersAndRefusals() {
        Response answer = call(PANEL, "application/json", "{}".getBytes(UTF_8), SECRET);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertReadable(answer);

        Response refusal = call(PANEL, "application/json", "{}".getBytes(UTF_8), "guessed");
        assertThat(refusal.statusCode()).isEqualTo(401);
        assertReadable(refusal);
    }

    @Test
    void aNamedPageMayReadGrpcWebAnswersAndRefusals() {
        byte[] emptyMessage = {0, 0, 0, 0, 0};
        Response answer = call(PANEL, "application/grpc-web+proto", emptyMessage, SECRET);
        assertThat(answer.asString()).contains("grpc-status: 0");
        assertReadable(answer);

        assertReadable(call(PANEL, "application/grpc-web+proto", emptyMessage, "guessed"));
    }

    @Test
    void anotherPageMayNot() {
        Response refused = preflight("https://evil.example", "x-api-secret");
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(header(refused, "access-control-allow-origin")).isEmpty();

        Response unread = call("https://evil.example", "application/json", "{}".getBytes(UTF_8), SECRET);
        assertThat(header(unread, "access-control-allow-origin")).isEmpty();
        assertThat(header(unread, "vary")).isEqualTo("origin");
    }

    private static void assertReadable(Response response) {
        assertThat(header(response, "access-control-allow-origin")).isEqualTo(PANEL);
        assertThat(header(response, "access-control-expose-headers")).isEqualTo("*");
    }

    private Response preflight(String origin, String headers) {
        return Rest.at(server)
                .headers("origin", origin, "access-control-request-method", "POST")
                .header("access-control-request-headers", headers)
                .options(METHOD);
    }

    private Response call(String origin, String contentType, byte[] body, String secret) {
        return Rest.at(server, contentType, body)
                .headers("origin", origin, "x-api-secret", secret)
                .post(METHOD);
    }

    private static String header(Response response, String name) {
        return Optional.ofNullable(response.header(name)).orElse("");
    }
}

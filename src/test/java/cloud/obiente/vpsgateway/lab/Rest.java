package cloud.obiente.vpsgateway.lab;

import static io.restassured.config.DecoderConfig.decoderConfig;
import static io.restassured.config.EncoderConfig.encoderConfig;
import static io.restassured.config.HttpClientConfig.httpClientConfig;

import io.restassured.RestAssured;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.net.URI;

/** REST Assured as tests need it here: over HTTP/1.1, with bodies that go and come byte for byte. */
public final class Rest {
    private static final int ANSWERING_MILLIS = 20_000;

    private static final RestAssuredConfig CONFIG = RestAssuredConfig.config()
            .decoderConfig(decoderConfig().noContentDecoders())
            .httpClient(httpClientConfig()
                    .setParam("http.connection.timeout", ANSWERING_MILLIS)
                    .setParam("http.socket.timeout", ANSWERING_MILLIS));

    private Rest() {}

    /**
     * A request to this server. Its connection ends when the answer has been read to its end. Fails with an {@link
     * java.io.IOException}, which REST Assured does not declare, when there is none within 20 s.
     */
    public static RequestSpecification at(URI server) {
        return RestAssured.given()
                .config(CONFIG)
                .urlEncodingEnabled(false)
                .baseUri(server.getScheme() + "://" + server.getHost())
                .port(server.getPort())
                .header("connection", "close");
    }

    /** The same with a body of whatever type, to be sent as it is. */
    public static RequestSpecification at(URI server, String contentType, byte[] body) {
        return at(server)
                .config(CONFIG.encoderConfig(encoderConfig()
                        .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                        .encodeContentTypeAs(contentType, ContentType.BINARY)))
                .contentType(contentType)
                .body(body);
    }
}

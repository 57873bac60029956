package cloud.obiente.vpsgateway.lab;

import io.grpc.Status;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;

/** What a {@link ConnectStream} speaks. Both frame messages alike and differ in how a stream ends. */
enum StreamProtocol {
    CONNECT("application/connect+proto") {
        @Override
        Optional<String> endBehindTheBody(HttpClientResponse response) {
            return Optional.empty();
        }
    },
    /** By the same client, so that what a comparison with {@link #CONNECT} shows is the gateway's. */
    GRPC("application/grpc+proto") {
        @Override
        Optional<String> endBehindTheBody(HttpClientResponse response) {
            return Optional.ofNullable(response.getTrailer("grpc-status"))
                    .map(Integer::parseInt)
                    .map(Status::fromCodeValue)
                    .map(status -> inConnectsForm(status.withDescription(response.getTrailer("grpc-message"))));
        }
    };

    private final String contentType;

    StreamProtocol(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /** The end-of-stream message of the Connect protocol, or what says the same; empty when nothing says it. */
    abstract Optional<String> endBehindTheBody(HttpClientResponse response);

    private static String inConnectsForm(Status status) {
        JsonObject error = new JsonObject()
                .put("code", status.getCode().name().toLowerCase(Locale.ROOT))
                .put("message", status.getDescription());
        return (status.isOk() ? new JsonObject() : new JsonObject().put("error", error)).encode();
    }
}

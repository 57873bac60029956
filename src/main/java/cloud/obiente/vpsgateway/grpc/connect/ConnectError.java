package cloud.obiente.vpsgateway.grpc.connect;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import org.jboss.logging.Logger;

/** Errors in JSON (Connect protocol, "Error-JSON"). The details are those that gRPC carries in a trailer. */
final class ConnectError {
    private static final Logger LOG = Logger.getLogger(ConnectError.class);
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    /** Holds a {@code google.rpc.Status}; Connect has no use for it beside the JSON. */
    static final Metadata.Key<byte[]> STATUS_DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private ConnectError() {}

    static JsonObject json(Status status, Metadata trailers) {
        JsonObject error = new JsonObject().put("code", ConnectCode.name(status.getCode()));
        if (status.getDescription() != null) {
            error.put("message", status.getDescription());
        }
        JsonArray details = new JsonArray();
        details(trailers).forEach(detail -> details.add(json(detail)));
        return details.isEmpty() ? error : error.put("details", details);
    }

    private static JsonObject json(Any detail) {
        String url = detail.getTypeUrl();
        return new JsonObject()
                .put("type", url.substring(url.lastIndexOf('/') + 1))
                .put("value", BASE64.encodeToString(detail.getValue().toByteArray()));
    }

    private static List<Any> details(Metadata trailers) {
        byte[] status = trailers.get(STATUS_DETAILS);
        if (status == null) {
            return List.of();
        }
        try {
            return com.google.rpc.Status.parseFrom(status).getDetailsList();
        } catch (InvalidProtocolBufferException malformed) {
            LOG.warn("Error details not sent: trailer is not a google.rpc.Status", malformed);
            return List.of();
        }
    }

    /** The trailers that are left once the error has been told. */
    static Metadata withoutDetails(Metadata trailers) {
        Metadata rest = new Metadata();
        rest.merge(trailers);
        rest.discardAll(STATUS_DETAILS);
        return rest;
    }
}

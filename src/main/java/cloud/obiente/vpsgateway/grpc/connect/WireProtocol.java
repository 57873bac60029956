package cloud.obiente.vpsgateway.grpc.connect;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** What tells one protocol from another: names of headers, framing of the body, form of the answer. Stateless. */
interface WireProtocol {
    /** @throws io.grpc.StatusRuntimeException when the headers ask for a version of the protocol that we do not have */
    default void check(MultiMap headers) {}

    String timeoutHeader();

    /** @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when it is not a timeout */
    Duration parseTimeout(String text);

    /** Names the compression of the request's messages. */
    String encodingHeader();

    /** Lists the compressions that the caller understands. */
    String acceptEncodingHeader();

    MessageReader reader(MessageCompression compression, int maxMessageBytes);

    /** @param contentType of the answer, without parameters */
    ResponseWriter writer(HttpServerRequest request, String contentType);
}

package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Unary calls of the Connect protocol (connectrpc.com, "Unary RPCs"): plain HTTP, one message per body, errors as HTTP
 * statuses with JSON.
 */
final class ConnectUnaryProtocol implements WireProtocol {
    static final String TIMEOUT = "connect-timeout-ms";
    private static final String VERSION = "connect-protocol-version";
    private static final String ENCODING = "content-encoding";
    private static final String ACCEPT_ENCODING = "accept-encoding";

    @Override
    public void check(MultiMap headers) {
        checkVersion(headers);
    }

    @Override
    public String timeoutHeader() {
        return TIMEOUT;
    }

    @Override
    public Duration parseTimeout(String text) {
        return CallTimeouts.parseConnect(text);
    }

    @Override
    public String encodingHeader() {
        return ENCODING;
    }

    @Override
    public String acceptEncodingHeader() {
        return ACCEPT_ENCODING;
    }

    @Override
    public MessageReader reader(MessageCompression compression, int maxMessageBytes) {
        return new WholeBodyReader(compression, maxMessageBytes);
    }

    @Override
    public ResponseWriter writer(HttpServerRequest request, String contentType) {
        return new ConnectUnaryWriter(request.response(), contentType);
    }

    /** The version may be left out, so that plain curl can call. */
    static void checkVersion(MultiMap headers) {
        String version = headers.get(VERSION);
        if (version != null && !version.equals("1")) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(VERSION + ": '" + version + "' is unknown (expected: 1)")
                    .asRuntimeException();
        }
    }

    /** Nothing is sent before the end, because only the end tells the HTTP status. */
    private static final class ConnectUnaryWriter implements ResponseWriter {
        private final HttpServerResponse response;
        private final String contentType;
        private MessageCompression compression = MessageCompression.IDENTITY;

        ConnectUnaryWriter(HttpServerResponse response, String contentType) {
            this.response = response;
            this.contentType = contentType;
        }

        @Override
        public void writeHead(Metadata headers, MessageCompression chosen) {
            compression = chosen;
            MetadataHeaders.write(headers, response.headers()::add);
        }

        @Override
        public void flushHead() {}

        @Override
        public Future<Void> writeMessage(OutgoingMessage message) {
            throw new IllegalStateException("A unary answer travels with its end");
        }

        @Override
        public Future<Void> writeEnd(Optional<OutgoingMessage> last, Status status, Metadata trailers) {
            response.putHeader(ACCEPT_ENCODING, MessageCompression.ACCEPTED);
            MetadataHeaders.write(ConnectError.withoutDetails(trailers), (name, value) -> response.headers()
                    .add("trailer-" + name, value));
            if (status.isOk() && last.isPresent()) {
                return answer(last.get());
            }
            return refuse(status, trailers);
        }

        private Future<Void> answer(OutgoingMessage message) {
            response.putHeader("content-type", contentType);
            if (message.compressed()) {
                response.putHeader(ENCODING, compression.wireName());
            }
            return response.end(message.bare());
        }

        private Future<Void> refuse(Status status, Metadata trailers) {
            Buffer json = ConnectError.json(status, trailers).toBuffer();
            if (response.getStatusCode() == 200) {
                response.setStatusCode(ConnectCode.httpStatus(status.getCode()));
            }
            response.putHeader("content-type", "application/json");
            return response.end(json);
        }
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;

/** gRPC over HTTP/2 (grpc/grpc, doc/PROTOCOL-HTTP2.md). */
final class GrpcProtocol implements WireProtocol {
    static final String STATUS = "grpc-status";
    static final String MESSAGE = "grpc-message";
    static final String ENCODING = "grpc-encoding";
    static final String ACCEPT_ENCODING = "grpc-accept-encoding";

    @Override
    public String timeoutHeader() {
        return "grpc-timeout";
    }

    @Override
    public Duration parseTimeout(String text) {
        return CallTimeouts.parseGrpc(text);
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
        return new EnvelopeReader(compression, maxMessageBytes);
    }

    @Override
    public ResponseWriter writer(HttpServerRequest request, String contentType) {
        return new GrpcWriter(request.response(), contentType);
    }

    /** The fields that tell how the call ended, for trailers in every form. */
    static void writeStatus(Status status, Metadata trailers, BiConsumer<String, String> field) {
        field.accept(STATUS, Integer.toString(status.getCode().value()));
        if (status.getDescription() != null) {
            field.accept(MESSAGE, PercentEncoding.encode(status.getDescription()));
        }
        MetadataHeaders.write(trailers, field);
    }

    private static final class GrpcWriter implements ResponseWriter {
        private final HttpServerResponse response;
        private boolean headWritten;

        GrpcWriter(HttpServerResponse response, String contentType) {
            this.response = response;
            response.putHeader("content-type", contentType);
        }

        @Override
        public void writeHead(Metadata headers, MessageCompression compression) {
            headWritten = true;
            response.putHeader(ENCODING, compression.wireName());
            response.putHeader(ACCEPT_ENCODING, MessageCompression.ACCEPTED);
            MetadataHeaders.write(headers, response.headers()::add);
        }

        @Override
        public void flushHead() {
            response.writeHead();
        }

        @Override
        public Future<Void> writeMessage(OutgoingMessage message) {
            return response.write(message.sealed());
        }

        @Override
        public Future<Void> writeEnd(Optional<OutgoingMessage> last, Status status, Metadata trailers) {
            if (!headWritten) {
                response.putHeader(ACCEPT_ENCODING, MessageCompression.ACCEPTED);
                writeStatus(status, trailers, response.headers()::add);
                return response.end();
            }
            writeStatus(status, trailers, response.trailers()::add);
            return last.map(message -> response.end(message.sealed())).orElseGet(response::end);
        }
    }
}

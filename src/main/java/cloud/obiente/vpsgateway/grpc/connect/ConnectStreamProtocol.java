package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** Streams of the Connect protocol (connectrpc.com, "Streaming RPCs"): the answer is always HTTP 200. */
final class ConnectStreamProtocol implements WireProtocol {
    private static final String ENCODING = "connect-content-encoding";
    private static final String ACCEPT_ENCODING = "connect-accept-encoding";

    @Override
    public void check(MultiMap headers) {
        ConnectUnaryProtocol.checkVersion(headers);
    }

    @Override
    public String timeoutHeader() {
        return ConnectUnaryProtocol.TIMEOUT;
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
        return new EnvelopeReader(compression, maxMessageBytes);
    }

    @Override
    public ResponseWriter writer(HttpServerRequest request, String contentType) {
        return new ConnectStreamWriter(request.response(), contentType);
    }

    private static final class ConnectStreamWriter implements ResponseWriter {
        private final HttpServerResponse response;

        ConnectStreamWriter(HttpServerResponse response, String contentType) {
            this.response = response;
            response.setChunked(true);
            response.putHeader("content-type", contentType);
            response.putHeader(ACCEPT_ENCODING, MessageCompression.ACCEPTED);
        }

        @Override
        public void writeHead(Metadata headers, MessageCompression compression) {
            response.putHeader(ENCODING, compression.wireName());
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
            Buffer rest = Buffer.buffer();
            last.ifPresent(message -> rest.appendBuffer(message.sealed()));
            byte[] end = endOfStream(status, trailers).toBuffer().getBytes();
            return response.end(rest.appendBuffer(Envelope.wrap(end, Envelope.FLAG_CONNECT_END)));
        }

        private static JsonObject endOfStream(Status status, Metadata trailers) {
            JsonObject end = new JsonObject();
            if (!status.isOk()) {
                end.put("error", ConnectError.json(status, trailers));
            }
            JsonObject metadata = new JsonObject();
            MetadataHeaders.write(ConnectError.withoutDetails(trailers), (name, value) -> {
                JsonArray values = metadata.getJsonArray(name, new JsonArray());
                metadata.put(name, values.add(value));
            });
            return metadata.isEmpty() ? end : end.put("metadata", metadata);
        }
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * gRPC-Web (grpc/grpc, doc/PROTOCOL-WEB.md): gRPC whose trailers are the last envelope of the body, so that browsers and
 * HTTP/1.1 can carry it. The text form is the same in base64.
 */
final class GrpcWebProtocol implements WireProtocol {
    private final GrpcProtocol grpc = new GrpcProtocol();
    private final boolean text;

    private GrpcWebProtocol(boolean text) {
        this.text = text;
    }

    static GrpcWebProtocol binary() {
        return new GrpcWebProtocol(false);
    }

    static GrpcWebProtocol text() {
        return new GrpcWebProtocol(true);
    }

    @Override
    public String timeoutHeader() {
        return grpc.timeoutHeader();
    }

    @Override
    public Duration parseTimeout(String timeout) {
        return grpc.parseTimeout(timeout);
    }

    @Override
    public String encodingHeader() {
        return grpc.encodingHeader();
    }

    @Override
    public String acceptEncodingHeader() {
        return grpc.acceptEncodingHeader();
    }

    @Override
    public MessageReader reader(MessageCompression compression, int maxMessageBytes) {
        MessageReader envelopes = grpc.reader(compression, maxMessageBytes);
        return text ? new Base64Reader(envelopes) : envelopes;
    }

    @Override
    public ResponseWriter writer(HttpServerRequest request, String contentType) {
        return new GrpcWebWriter(
                request.response(), contentType, text ? GrpcWebProtocol::base64 : UnaryOperator.identity());
    }

    /** Each piece is padded on its own, which the protocol allows, so no bytes have to be held back. */
    private static Buffer base64(Buffer bytes) {
        return Buffer.buffer(Base64.getEncoder().encode(bytes.getBytes()));
    }

    private static final class GrpcWebWriter implements ResponseWriter {
        private final HttpServerResponse response;
        private final UnaryOperator<Buffer> form;

        GrpcWebWriter(HttpServerResponse response, String contentType, UnaryOperator<Buffer> form) {
            this.response = response;
            this.form = form;
            response.setChunked(true);
            response.putHeader("content-type", contentType);
            response.putHeader(GrpcProtocol.ACCEPT_ENCODING, MessageCompression.ACCEPTED);
        }

        @Override
        public void writeHead(Metadata headers, MessageCompression compression) {
            response.putHeader(GrpcProtocol.ENCODING, compression.wireName());
            MetadataHeaders.write(headers, response.headers()::add);
        }

        @Override
        public void flushHead() {
            response.writeHead();
        }

        @Override
        public Future<Void> writeMessage(OutgoingMessage message) {
            return response.write(form.apply(message.sealed()));
        }

        @Override
        public Future<Void> writeEnd(Optional<OutgoingMessage> last, Status status, Metadata trailers) {
            Buffer rest = Buffer.buffer();
            last.ifPresent(message -> rest.appendBuffer(message.sealed()));
            rest.appendBuffer(Envelope.wrap(block(status, trailers), Envelope.FLAG_WEB_TRAILERS));
            return response.end(form.apply(rest));
        }

        private static byte[] block(Status status, Metadata trailers) {
            StringBuilder lines = new StringBuilder();
            GrpcProtocol.writeStatus(status, trailers, (name, value) -> lines.append(name)
                    .append(": ")
                    .append(value)
                    .append("\r\n"));
            return lines.toString().getBytes(US_ASCII);
        }
    }
}

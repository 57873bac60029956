package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a request's headers say about the call.
 *
 * @param timeout how long the caller waits; empty: for ever
 * @param compression of the request's messages
 * @param accepted compressions that the caller understands, identity always among them
 */
record RequestHead(
        Metadata metadata,
        Optional<Duration> timeout,
        MessageCompression compression,
        Set<MessageCompression> accepted) {
    /** @throws io.grpc.StatusRuntimeException when a header is malformed or names a compression that we do not have */
    static RequestHead read(MultiMap headers, WireProtocol protocol) {
        protocol.check(headers);
        String encoding = headers.get(protocol.encodingHeader());
        String accepted = headers.get(protocol.acceptEncodingHeader());
        return new RequestHead(
                MetadataHeaders.read(headers),
                Optional.ofNullable(headers.get(protocol.timeoutHeader())).map(protocol::parseTimeout),
                encoding == null ? MessageCompression.IDENTITY : compression(encoding),
                MessageCompression.namedIn(accepted == null ? "" : accepted));
    }

    RequestHead withCompression(MessageCompression other) {
        return new RequestHead(metadata, timeout, other, accepted);
    }

    static MessageCompression compression(String name) {
        return MessageCompression.named(name).orElseThrow(() -> Status.UNIMPLEMENTED
                .withDescription(
                        "Unknown compression '" + name + "' (expected one of: " + MessageCompression.ACCEPTED + ")")
                .asRuntimeException());
    }
}

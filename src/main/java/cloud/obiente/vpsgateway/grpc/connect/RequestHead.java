package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Map;
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
    /** Names, values, and what RFC 9113 section 6.5.2 counts for each field. */
    static final int MAX_BYTES = 16 << 10;

    private static final int BYTES_OF_A_FIELD = 32;

    /**
     * @throws io.grpc.StatusRuntimeException when there are too many headers, or one is malformed or names a compression that
     *     we do not have
     */
    static RequestHead read(MultiMap headers, WireProtocol protocol) {
        checkSize(headers);
        protocol.check(headers);
        String encoding = headers.get(protocol.encodingHeader());
        String accepted = headers.get(protocol.acceptEncodingHeader());
        return new RequestHead(
                MetadataHeaders.read(headers),
                Optional.ofNullable(headers.get(protocol.timeoutHeader())).map(protocol::parseTimeout),
                encoding == null ? MessageCompression.IDENTITY : compression(encoding),
                MessageCompression.namedIn(accepted == null ? "" : accepted));
    }

    /** The transport takes twice as much, and can only say a number of HTTP's of what is larger still. */
    private static void checkSize(MultiMap headers) {
        int bytes = 0;
        int largestBytes = 0;
        String largest = "";
        for (Map.Entry<String, String> header : headers) {
            int size = header.getKey().length() + header.getValue().length() + BYTES_OF_A_FIELD;
            bytes += size;
            if (size > largestBytes) {
                largestBytes = size;
                largest = header.getKey();
            }
        }
        if (bytes > MAX_BYTES) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("The request's metadata has " + bytes + " bytes (expected: at most " + MAX_BYTES
                            + ", with " + BYTES_OF_A_FIELD + " for each field); the largest field is " + largest
                            + " with "
                            + largestBytes + ": leave it out, or send it in the message")
                    .asRuntimeException();
        }
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

package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.MultiMap;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * HTTP header fields as gRPC metadata and back. Names ending in {@code -bin} carry bytes, in base64 with or without
 * padding; all others carry printable ASCII.
 */
final class MetadataHeaders {
    private static final Logger LOG = Logger.getLogger(MetadataHeaders.class);
    private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]+");
    private static final Pattern VALUE = Pattern.compile("[ -~]*");
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
    private static final Base64.Decoder UNBASE64 = Base64.getDecoder();

    /** Fields that belong to the connection or the body (RFC 9110 section 7.6.1), never to the call. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "content-length");

    /** Fields that the protocols write themselves; a handler that sets one of them would break the response. */
    private static final Set<String> RESERVED = Set.of(
            "te",
            "trailer",
            "user-agent",
            "content-type",
            "content-encoding",
            "accept-encoding",
            "grpc-status",
            "grpc-message",
            "grpc-timeout",
            "grpc-encoding",
            "grpc-accept-encoding",
            "connect-timeout-ms",
            "connect-protocol-version",
            "connect-content-encoding",
            "connect-accept-encoding");

    private MetadataHeaders() {}

    /** @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when a {@code -bin} field is not base64 */
    static Metadata read(MultiMap headers) {
        Metadata metadata = new Metadata();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            // gRPC has no key that is nothing but the suffix.
            boolean key = NAME.matcher(name).matches() && !name.equals(Metadata.BINARY_HEADER_SUFFIX);
            if (!key || HOP_BY_HOP.contains(name)) {
                continue;
            }
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                readBinary(name, header.getValue(), metadata);
            } else {
                metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), header.getValue());
            }
        }
        return metadata;
    }

    /** One field may hold several values, separated by commas (gRPC over HTTP2, "Custom-Metadata"). */
    private static void readBinary(String name, String field, Metadata metadata) {
        Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        for (String value : field.split(",")) {
            try {
                metadata.put(key, UNBASE64.decode(value.strip()));
            } catch (IllegalArgumentException notBase64) {
                throw Status.INVALID_ARGUMENT
                        .withDescription("Header " + name + " is not base64: " + notBase64.getMessage())
                        .withCause(notBase64)
                        .asRuntimeException();
            }
        }
    }

    /** Hands over every name and value that may go on the wire, values of one name in their order. */
    static void write(Metadata metadata, BiConsumer<String, String> field) {
        for (String name : metadata.keys()) {
            if (HOP_BY_HOP.contains(name) || RESERVED.contains(name)) {
                continue;
            }
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                writeBinary(metadata, name, field);
            } else {
                writeText(metadata, name, field);
            }
        }
    }

    private static void writeBinary(Metadata metadata, String name, BiConsumer<String, String> field) {
        Iterable<byte[]> values = metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
        if (values != null) {
            values.forEach(value -> field.accept(name, BASE64.encodeToString(value)));
        }
    }

    private static void writeText(Metadata metadata, String name, BiConsumer<String, String> field) {
        Iterable<String> values = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        if (values == null) {
            return;
        }
        for (String value : values) {
            // A line break here would let a handler's value forge header fields.
            if (VALUE.matcher(value).matches()) {
                field.accept(name, value);
            } else {
                LOG.warnf("Metadata %s not sent: a value is not printable ASCII", name);
            }
        }
    }
}

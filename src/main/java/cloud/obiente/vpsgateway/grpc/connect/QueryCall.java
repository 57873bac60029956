package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** A call whose message is in the URL (Connect protocol, "Unary-Get-Request"). */
final class QueryCall {
    private QueryCall() {}

    /** Whether the method promises to change nothing, which is what makes GET safe for it. */
    static boolean isAllowed(MethodDescriptor<?, ?> method, Set<String> safeMethods) {
        boolean declared = method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
                && schema.getMethodDescriptor().getOptions().getIdempotencyLevel() == IdempotencyLevel.NO_SIDE_EFFECTS;
        return method.getType() == MethodDescriptor.MethodType.UNARY
                && (declared || method.isSafe() || safeMethods.contains(method.getFullMethodName()));
    }

    /**
     * The query parameters; characters stand for bytes, so that a message may be any.
     *
     * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when the query is not URL-encoded
     */
    static MultiMap parameters(HttpServerRequest request) {
        try {
            return request.setParamsCharset(ISO_8859_1.name()).params();
        } catch (IllegalArgumentException notEncoded) {
            throw invalid("Query is not URL-encoded: " + notEncoded.getMessage());
        }
    }

    static MessageCompression compression(MultiMap parameters) {
        String name = parameters.get("compression");
        return name == null ? MessageCompression.IDENTITY : RequestHead.compression(name);
    }

    /** @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when there is no message, or it is not base64 */
    static MessageReader reader(MultiMap parameters, int maxMessageBytes) {
        String version = parameters.get("connect");
        if (version != null && !version.equals("v1")) {
            throw invalid("connect: '" + version + "' is unknown (expected: v1)");
        }
        String text = parameters.get("message");
        if (text == null) {
            throw invalid("Query parameter 'message' is missing");
        }
        return new Reader(bytes(text, "1".equals(parameters.get("base64"))), compression(parameters), maxMessageBytes);
    }

    private static byte[] bytes(String text, boolean base64) {
        try {
            return base64 ? Base64.getUrlDecoder().decode(text) : text.getBytes(ISO_8859_1);
        } catch (IllegalArgumentException notBase64) {
            throw invalid("Query parameter 'message' is not URL-safe base64: " + notBase64.getMessage());
        }
    }

    private static RuntimeException invalid(String description) {
        return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
    }

    /** Has its message from the start; a body would be against HTTP and is ignored. */
    private static final class Reader implements MessageReader {
        private final MessageReader message;

        Reader(byte[] bytes, MessageCompression compression, int maxMessageBytes) {
            message = new WholeBodyReader(compression, maxMessageBytes);
            message.feed(Buffer.buffer(bytes));
            message.end();
        }

        @Override
        public void feed(Buffer chunk) {}

        @Override
        public void end() {}

        @Override
        public Optional<byte[]> poll() {
            return message.poll();
        }

        @Override
        public boolean isEmpty() {
            return message.isEmpty();
        }
    }
}

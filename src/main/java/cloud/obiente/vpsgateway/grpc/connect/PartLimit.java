package cloud.obiente.vpsgateway.grpc.connect;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;

/**
 * Bounds what a message becomes in memory before it is read: two octets on the wire can be an object of a hundred, so that a
 * message of a few MiB would fill the heap. Stateless.
 */
final class PartLimit {
    /** RequestFields of a message and of those in it: of a list, more than 65,536 entries with six each. */
    static final int MAX_PARTS = 400_000;

    /** A field that the message does not have is kept in a form of its own, which costs more. */
    private static final int COST_OF_UNKNOWN = 3;

    /** Each becomes several objects of a tree before it is a field. */
    static final int MAX_JSON_PARTS = 150_000;

    private static final int MAX_DEPTH = 100;

    private PartLimit() {}

    /**
     * Looks at protobuf's binary form. What is malformed passes: the parser says why.
     *
     * @throws StatusRuntimeException RESOURCE_EXHAUSTED when it has too many parts
     */
    static void check(Descriptor message, byte[] bytes) {
        // Each part is two octets at least.
        if (bytes.length / 2 * COST_OF_UNKNOWN > MAX_PARTS) {
            try {
                count(message, CodedInputStream.newInstance(bytes), 0, 0);
            } catch (IOException malformed) {
                return;
            }
        }
    }

    private static int count(Descriptor message, CodedInputStream in, int before, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("too deep");
        }
        int parts = before;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            FieldDescriptor field = message.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            parts += field == null ? COST_OF_UNKNOWN : 1;
            if (parts > MAX_PARTS) {
                throw tooMany();
            }
            boolean isMessage = field != null
                    && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (isMessage) {
                int limit = in.pushLimit(in.readRawVarint32());
                parts = count(field.getMessageType(), in, parts, depth + 1);
                in.popLimit(limit);
            } else {
                in.skipField(tag);
            }
        }
        return parts;
    }

    /**
     * Looks at JSON.
     *
     * @throws StatusRuntimeException RESOURCE_EXHAUSTED when it has too many parts
     */
    static void checkJson(byte[] json) {
        int parts = 0;
        boolean inString = false;
        for (int i = 0; i < json.length; i++) {
            byte c = json[i];
            if (inString && c == '\\') {
                i++;
            } else if (c == '"') {
                inString = !inString;
            } else if (!inString && (c == ',' || c == '[' || c == '{') && ++parts > MAX_JSON_PARTS) {
                throw tooMany();
            }
        }
    }

    private static StatusRuntimeException tooMany() {
        return Status.RESOURCE_EXHAUSTED
                .withDescription("The request message has too many fields and elements (expected: at most " + MAX_PARTS
                        + ", or " + MAX_JSON_PARTS + " in JSON); send it in several calls")
                .asRuntimeException();
    }
}

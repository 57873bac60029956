package cloud.obiente.vpsgateway.grpc.connect;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Protobuf's binary form. Messages are read in place: their {@code bytes} fields share the array that came in, which spares
 * streams two copies of each byte. Everything else is left to the method's own marshaller.
 */
final class ProtoCodec implements MessageCodec {
    private static final ExtensionRegistryLite NO_EXTENSIONS = ExtensionRegistryLite.getEmptyRegistry();

    @Override
    public <T> T parse(Marshaller<T> marshaller, byte[] bytes) {
        if (marshaller instanceof PrototypeMarshaller<T> typed
                && typed.getMessagePrototype() instanceof MessageLite prototype) {
            if (prototype instanceof Message described) {
                PartLimit.check(described.getDescriptorForType(), bytes);
            }
            return typed.getMessageClass().cast(parseInPlace(prototype, bytes));
        }
        try {
            return marshaller.parse(new MessageBytes(bytes));
        } catch (StatusRuntimeException malformed) {
            throw malformed(malformed.getStatus().getDescription(), malformed);
        }
    }

    private static MessageLite parseInPlace(MessageLite prototype, byte[] bytes) {
        CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        input.enableAliasing(true);
        try {
            MessageLite message = prototype.getParserForType().parseFrom(input, NO_EXTENSIONS);
            input.checkLastTagWas(0);
            // A field that was sent several times holds its last value only, but would keep all of the bytes.
            return 2L * message.getSerializedSize() < bytes.length
                    ? prototype.getParserForType().parseFrom(bytes, NO_EXTENSIONS)
                    : message;
        } catch (InvalidProtocolBufferException malformed) {
            throw malformed(malformed.getMessage(), malformed);
        }
    }

    private static StatusRuntimeException malformed(String how, Exception cause) {
        return Status.INVALID_ARGUMENT
                .withDescription("Malformed request message: " + how)
                .withCause(cause)
                .asRuntimeException();
    }

    @Override
    public <T> byte[] format(Marshaller<T> marshaller, T message, int headroom) {
        try (InputStream stream = marshaller.stream(message)) {
            // Marshalled protobuf knows its length, so the array is allocated once.
            FramedBytes out = new FramedBytes(headroom, stream instanceof KnownLength ? stream.available() : 256);
            if (stream instanceof Drainable drainable) {
                drainable.drainTo(out);
            } else {
                stream.transferTo(out);
            }
            return out.bytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Tells the marshaller the length, which lets it parse without an intermediate copy. */
    private static final class MessageBytes extends ByteArrayInputStream implements KnownLength {
        MessageBytes(byte[] bytes) {
            super(bytes);
        }
    }

    private static final class FramedBytes extends ByteArrayOutputStream {
        FramedBytes(int headroom, int expected) {
            super(headroom + expected);
            count = headroom;
        }

        byte[] bytes() {
            return count == buf.length ? buf : toByteArray();
        }
    }
}

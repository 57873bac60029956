package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Protobuf's binary form, by the method's own marshaller. */
final class ProtoCodec implements Codec {
    @Override
    public <T> T parse(Marshaller<T> marshaller, byte[] bytes) {
        try {
            return marshaller.parse(new MessageBytes(bytes));
        } catch (StatusRuntimeException malformed) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("Malformed request message: "
                            + malformed.getStatus().getDescription())
                    .withCause(malformed)
                    .asRuntimeException();
        }
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

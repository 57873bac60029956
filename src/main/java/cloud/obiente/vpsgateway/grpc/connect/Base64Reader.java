package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Undoes the base64 of gRPC-Web's text form: groups of four characters, padding allowed at the end of any group. */
final class Base64Reader implements MessageReader {
    private static final int GROUP = 4;

    private final MessageReader decoded;
    private byte[] rest = new byte[0];
    private Optional<StatusRuntimeException> broken = Optional.empty();

    Base64Reader(MessageReader decoded) {
        this.decoded = decoded;
    }

    @Override
    public void feed(Buffer chunk) {
        byte[] characters = Arrays.copyOf(rest, rest.length + chunk.length());
        chunk.getBytes(characters, rest.length);
        int whole = characters.length - characters.length % GROUP;
        rest = Arrays.copyOfRange(characters, whole, characters.length);
        int from = 0;
        for (int to = GROUP; to <= whole; to += GROUP) {
            // The JDK's decoder takes padding at the very end only.
            if (to == whole || characters[to - 1] == '=') {
                decode(Arrays.copyOfRange(characters, from, to));
                from = to;
            }
        }
    }

    /** What stands before the first group that is not base64 counts, wherever the caller's chunks were cut. */
    private void decode(byte[] characters) {
        if (broken.isPresent()) {
            return;
        }
        try {
            decoded.feed(Buffer.buffer(Base64.getDecoder().decode(characters)));
        } catch (IllegalArgumentException notBase64) {
            if (characters.length > GROUP) {
                for (int from = 0; from < characters.length; from += GROUP) {
                    decode(Arrays.copyOfRange(characters, from, from + GROUP));
                }
            } else {
                broken = Optional.of(notBase64("Body is not base64: " + notBase64.getMessage()));
            }
        }
    }

    @Override
    public void end() {
        if (rest.length > 0 && broken.isEmpty()) {
            broken = Optional.of(notBase64("Body ends with '" + new String(rest, US_ASCII) + "', which is not base64"));
        }
        if (broken.isEmpty()) {
            decoded.end();
        }
    }

    @Override
    public Optional<byte[]> poll() {
        Optional<byte[]> message = decoded.poll();
        if (message.isEmpty() && broken.isPresent()) {
            throw broken.get();
        }
        return message;
    }

    @Override
    public boolean isEmpty() {
        return rest.length == 0 && broken.isEmpty() && decoded.isEmpty();
    }

    private static StatusRuntimeException notBase64(String description) {
        return Status.INTERNAL.withDescription(description).asRuntimeException();
    }
}

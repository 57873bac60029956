package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Status;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Reads a body that is one message (Connect protocol, "Unary-Request"). Holds at most the message limit. */
final class WholeBodyReader implements MessageReader {
    private final MessageCompression compression;
    private final int limit;
    private final Buffer body = Buffer.buffer();
    private boolean tooLarge;
    private boolean ended;
    private boolean taken;

    WholeBodyReader(MessageCompression compression, int limit) {
        this.compression = compression;
        this.limit = limit;
    }

    @Override
    public void feed(Buffer chunk) {
        tooLarge |= body.length() + chunk.length() > limit;
        if (!tooLarge) {
            body.appendBuffer(chunk);
        }
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public boolean isEmpty() {
        return taken || (!ended && !tooLarge && body.length() == 0);
    }

    @Override
    public Optional<byte[]> poll() {
        if (tooLarge) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("Message is larger than " + limit + " bytes")
                    .asRuntimeException();
        }
        if (!ended || taken) {
            return Optional.empty();
        }
        taken = true;
        // An empty body is an empty message, which no compression has to be undone on.
        return Optional.of(body.length() == 0 ? new byte[0] : compression.decompress(body.getBytes(), limit));
    }
}

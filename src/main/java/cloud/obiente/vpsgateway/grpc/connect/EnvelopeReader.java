package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/** Reads a body of envelopes. Holds at most one message and what was fed beyond it. */
final class EnvelopeReader implements MessageReader {
    /** A prefix is only a promise: memory for a message grows with what has arrived. */
    private static final int FIRST_ALLOCATION_BYTES = 64 << 10;

    private final MessageCompression compression;
    private final int limit;
    private final Deque<Buffer> chunks = new ArrayDeque<>();
    /** How much of the first chunk has been read. */
    private int chunkRead;

    private final byte[] prefix = new byte[Envelope.PREFIX_BYTES];
    private int prefixFilled;
    private byte[] payload = new byte[0];
    private int payloadFilled;
    private boolean ended;

    EnvelopeReader(MessageCompression compression, int limit) {
        this.compression = compression;
        this.limit = limit;
    }

    @Override
    public void feed(Buffer chunk) {
        if (chunk.length() > 0) {
            chunks.add(chunk);
        }
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public boolean isEmpty() {
        return chunks.isEmpty() && prefixFilled == 0;
    }

    @Override
    public Optional<byte[]> poll() {
        if (fillPrefix() && fillPayload()) {
            return Optional.of(take());
        }
        if (ended && !isEmpty()) {
            throw broken("Request ended in the middle of a message");
        }
        return Optional.empty();
    }

    private boolean fillPrefix() {
        if (prefixFilled == prefix.length) {
            return true;
        }
        while (prefixFilled < prefix.length && !chunks.isEmpty()) {
            prefixFilled += drainInto(prefix, prefixFilled, prefix.length);
        }
        if (prefixFilled < prefix.length) {
            return false;
        }
        checkPrefix();
        payload = new byte[Math.min(length(), FIRST_ALLOCATION_BYTES)];
        payloadFilled = 0;
        return true;
    }

    private void checkPrefix() {
        if ((prefix[0] & ~Envelope.FLAG_COMPRESSED) != 0) {
            throw broken("Unknown envelope flags " + (prefix[0] & 0xFF));
        }
        if (isCompressed() && compression == MessageCompression.IDENTITY) {
            throw broken("Message is marked compressed, but the request names no compression");
        }
        if (Integer.compareUnsigned(length(), limit) > 0) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("Message of " + Integer.toUnsignedString(length()) + " bytes is larger than "
                            + limit + " bytes")
                    .asRuntimeException();
        }
    }

    private boolean fillPayload() {
        int length = length();
        while (payloadFilled < length && !chunks.isEmpty()) {
            if (payloadFilled == payload.length) {
                payload = Arrays.copyOf(payload, (int) Math.min(length, 2L * payload.length));
            }
            payloadFilled += drainInto(payload, payloadFilled, payload.length);
        }
        return payloadFilled == length;
    }

    private int drainInto(byte[] target, int from, int to) {
        Buffer chunk = chunks.element();
        int count = Math.min(chunk.length() - chunkRead, to - from);
        chunk.getBytes(chunkRead, chunkRead + count, target, from);
        chunkRead += count;
        if (chunkRead == chunk.length()) {
            chunks.remove();
            chunkRead = 0;
        }
        return count;
    }

    private byte[] take() {
        byte[] message = payload;
        boolean compressed = isCompressed();
        payload = new byte[0];
        prefixFilled = 0;
        return compressed ? compression.decompress(message, limit) : message;
    }

    private boolean isCompressed() {
        return (prefix[0] & Envelope.FLAG_COMPRESSED) != 0;
    }

    private int length() {
        return (prefix[1] & 0xFF) << 24 | (prefix[2] & 0xFF) << 16 | (prefix[3] & 0xFF) << 8 | prefix[4] & 0xFF;
    }

    private static StatusRuntimeException broken(String description) {
        return Status.INTERNAL.withDescription(description).asRuntimeException();
    }
}

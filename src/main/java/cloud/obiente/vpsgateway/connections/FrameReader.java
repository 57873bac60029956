package cloud.obiente.vpsgateway.connections;

import io.netty.buffer.ByteBuf;

/**
 * Sees the heads of the HTTP/2 frames (RFC 9113 section 4.1) that go by, before anything is spent on them: also of those
 * that are malformed, of which no codec tells. Takes nothing from the bytes. Lives on the connection's event loop.
 */
final class FrameReader {
    private static final int HEAD_BYTES = 9;
    private static final int LENGTH_BYTES = 3;
    private static final int TYPE_AT = 3;
    private static final int STREAM_AT = 5;

    private final byte[] head = new byte[HEAD_BYTES];
    private int headBytes;
    /** What is still to come of a frame's payload. */
    private int toSkip;

    /** Hears of each frame. */
    interface Sink {
        /**
         * @param type as on the wire
         * @param length of the payload, in octets
         * @param stream zero: the connection
         */
        void frame(int type, int length, int stream);
    }

    /** @param from where in the bytes */
    void read(ByteBuf bytes, int from, Sink sink) {
        int at = from;
        int end = bytes.writerIndex();
        while (at < end) {
            if (toSkip > 0) {
                int skipped = Math.min(toSkip, end - at);
                toSkip -= skipped;
                at += skipped;
                continue;
            }
            head[headBytes++] = bytes.getByte(at++);
            if (headBytes == HEAD_BYTES) {
                headBytes = 0;
                toSkip = number(0, LENGTH_BYTES);
                sink.frame(head[TYPE_AT] & 0xff, toSkip, number(STREAM_AT, HEAD_BYTES) & Integer.MAX_VALUE);
            }
        }
    }

    private int number(int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number << 8 | head[i] & 0xff;
        }
        return number;
    }
}

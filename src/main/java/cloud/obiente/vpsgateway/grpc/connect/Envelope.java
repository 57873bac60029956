package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.platform.VertxBuffers;
import io.vertx.core.buffer.Buffer;

/**
 * The prefix before each message of a stream: one byte of flags, four of length, big-endian. All three protocols share
 * it (gRPC over HTTP2, "Length-Prefixed-Message"; Connect protocol, "Enveloped-Message").
 */
final class Envelope {
    static final int PREFIX_BYTES = 5;

    static final int FLAG_COMPRESSED = 0x01;
    /** Connect: the last envelope, which holds error and trailers. */
    static final int FLAG_CONNECT_END = 0x02;
    /** gRPC-Web: the last envelope, which holds the trailers. */
    static final int FLAG_WEB_TRAILERS = 0x80;

    private Envelope() {}

    /**
     * Fills in the prefix.
     *
     * @param framed the message behind {@link #PREFIX_BYTES} unused bytes; not copied
     */
    static Buffer seal(byte[] framed, int flags) {
        int length = framed.length - PREFIX_BYTES;
        framed[0] = (byte) flags;
        framed[1] = (byte) (length >>> 24);
        framed[2] = (byte) (length >>> 16);
        framed[3] = (byte) (length >>> 8);
        framed[4] = (byte) length;
        return VertxBuffers.over(framed, 0, framed.length);
    }

    static Buffer wrap(byte[] content, int flags) {
        byte[] framed = new byte[PREFIX_BYTES + content.length];
        System.arraycopy(content, 0, framed, PREFIX_BYTES, content.length);
        return seal(framed, flags);
    }
}

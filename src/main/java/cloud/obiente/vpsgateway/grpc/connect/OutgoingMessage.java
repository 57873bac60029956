package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.platform.VertxBuffers;
import io.vertx.core.buffer.Buffer;

/**
 * A response message, encoded and compressed.
 *
 * @param framed the bytes behind {@link Envelope#PREFIX_BYTES} unused ones; owned by this message
 * @param compressed whether the response's compression was applied
 */
@SuppressWarnings("ArrayRecordComponent") // handed from encoder to writer once, never compared
record OutgoingMessage(byte[] framed, boolean compressed) {
    /** Buffers, promises and places in queues, by rough count. */
    private static final int AROUND_BYTES = 256;

    Buffer sealed() {
        return Envelope.seal(framed, compressed ? Envelope.FLAG_COMPRESSED : 0);
    }

    Buffer bare() {
        return VertxBuffers.over(framed, Envelope.PREFIX_BYTES, framed.length - Envelope.PREFIX_BYTES);
    }

    /** The memory that it takes until it has left; of a message of one byte, the objects around it are most. */
    int cost() {
        return framed.length + AROUND_BYTES;
    }
}

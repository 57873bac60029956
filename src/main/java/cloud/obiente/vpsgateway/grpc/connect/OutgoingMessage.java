package cloud.obiente.vpsgateway.grpc.connect;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;

/**
 * A response message, encoded and compressed.
 *
 * @param framed the bytes behind {@link Envelope#PREFIX_BYTES} unused ones; owned by this message
 * @param compressed whether the response's compression was applied
 */
@SuppressWarnings("ArrayRecordComponent") // handed from encoder to writer once, never compared
record OutgoingMessage(byte[] framed, boolean compressed) {
    Buffer sealed() {
        return Envelope.seal(framed, compressed ? Envelope.FLAG_COMPRESSED : 0);
    }

    Buffer bare() {
        return Buffer.buffer(
                Unpooled.wrappedBuffer(framed, Envelope.PREFIX_BYTES, framed.length - Envelope.PREFIX_BYTES));
    }

    int size() {
        return framed.length;
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;

/**
 * Vert.x' buffers over memory that exists already. The only place that knows how they are made: the public way is
 * deprecated, because Vert.x 5 does not show Netty's buffers, and its other ways copy.
 */
final class VertxBuffers {
    private VertxBuffers() {}

    /** A view of a part of the array, which must not be written any more. */
    static Buffer over(byte[] bytes, int from, int length) {
        return BufferImpl.buffer(Unpooled.wrappedBuffer(bytes, from, length));
    }
}

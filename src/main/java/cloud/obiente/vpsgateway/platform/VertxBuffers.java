package cloud.obiente.vpsgateway.platform;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;

/**
 * Buffers of Vert.x over memory that exists already. The public way to make them is deprecated, because Vert.x 5 does not
 * show Netty's buffers, and its other ways copy.
 */
public final class VertxBuffers {
    private VertxBuffers() {}

    /** A view of a part of the array, which must not be written any more. */
    public static Buffer over(byte[] bytes, int from, int length) {
        return BufferImpl.buffer(Unpooled.wrappedBuffer(bytes, from, length));
    }
}

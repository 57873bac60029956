package cloud.obiente.vpsgateway.ssh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.util.function.IntSupplier;

/** Reads a VPS's socket in pieces as large as they have been of late, but no larger than its caller can take. */
final class BoundedReadAllocator extends AdaptiveRecvByteBufAllocator {
    private final IntSupplier readCapacity;

    /** @param tunnels bytes, at least 1; asked before each read, on the event loop of the socket */
    BoundedReadAllocator(IntSupplier tunnels) {
        this.readCapacity = tunnels;
    }

    /** The type is deprecated in favour of one that Netty's own sockets do not ask for. */
    @Override
    @SuppressWarnings("deprecation")
    public RecvByteBufAllocator.Handle newHandle() {
        return new RecvByteBufAllocator.DelegatingHandle(super.newHandle()) {
            @Override
            public int guess() {
                return Math.min(super.guess(), readCapacity.getAsInt());
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator buffers) {
                return buffers.ioBuffer(guess());
            }
        };
    }
}

package cloud.obiente.vpsgateway.ssh;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** Tells a tunnel what its socket does, on the socket's event loop. */
final class VpsChannelHandler extends ChannelInboundHandlerAdapter {
    /** What a socket can tell. */
    interface SocketListener {
        /** @param bytes the listener's from now on */
        void onBytes(byte[] bytes);

        /** The VPS will send nothing more. */
        void onEndOfInput();

        void onBroken(Throwable cause);
    }

    private final SocketListener listener;

    VpsChannelHandler(SocketListener listener) {
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            byte[] bytes = new byte[received.readableBytes()];
            received.readBytes(bytes);
            listener.onBytes(bytes);
        } finally {
            received.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            listener.onEndOfInput();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener.onEndOfInput();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        listener.onBroken(cause);
    }
}

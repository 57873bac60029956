package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.platform.NettyChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.http.HttpConnection;
import org.jboss.logging.Logger;

/**
 * Keeps an error of one HTTP/2 stream from ending its connection.
 *
 * <p>Vert.x 4.5 writes trailers with Netty's void promise. When the caller resets the stream before they are flushed,
 * that promise reports the failure to the whole pipeline, and Vert.x closes the connection with all its other calls.
 * This handler sits in front and drops what concerns one stream only: that stream is gone by then, and the call has been
 * told by its reset.
 */
@ChannelHandler.Sharable
final class StreamErrorGuard extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = Logger.getLogger(StreamErrorGuard.class);
    private static final String NAME = "rpc-stream-error-guard";
    private static final StreamErrorGuard INSTANCE = new StreamErrorGuard();

    private StreamErrorGuard() {}

    /** Call on the connection's event loop, as often as convenient. */
    static void protect(HttpConnection connection) {
        NettyChannel.of(connection)
                .map(Channel::pipeline)
                .filter(pipeline -> pipeline.get(NAME) == null)
                .ifPresent(pipeline -> pipeline.addFirst(NAME, INSTANCE));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (cause instanceof Http2Exception.StreamException) {
            LOG.debug("Stream ended before its last frame was sent", cause);
        } else {
            super.exceptionCaught(context, cause);
        }
    }
}

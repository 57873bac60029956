package cloud.obiente.vpsgateway.platform;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import java.util.Optional;

/** The Netty channel under an HTTP connection, which Vert.x keeps to itself, and what Vert.x has put on it. */
public final class NettyChannel {
    private NettyChannel() {}

    /** @return empty for a connection that is not made of Vert.x' own classes, such as one in a test */
    public static Optional<Channel> of(HttpConnection connection) {
        return connection instanceof ConnectionBase base ? Optional.of(base.channel()) : Optional.empty();
    }

    /** Whether it is known which protocol the peer speaks, so that somebody behind us hears of the connection's faults. */
    public static boolean isServed(Channel channel) {
        return channel.pipeline().get(VertxHandler.class) != null
                || channel.pipeline().get(Http2ConnectionHandler.class) != null;
    }
}

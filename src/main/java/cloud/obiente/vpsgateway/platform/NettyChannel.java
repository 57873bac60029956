package cloud.obiente.vpsgateway.platform;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Optional;

/** The Netty channel under an HTTP connection, which Vert.x keeps to itself. */
public final class NettyChannel {
    private NettyChannel() {}

    /** @return empty for a connection that is not made of Vert.x' own classes, such as one in a test */
    public static Optional<Channel> of(HttpConnection connection) {
        return connection instanceof ConnectionBase base ? Optional.of(base.channel()) : Optional.empty();
    }
}

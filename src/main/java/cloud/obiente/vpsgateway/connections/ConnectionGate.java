package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.connections.ConnectionListener.Block;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Stands on a listening socket, in front of Netty's acceptor: each new connection is admitted and watched, or closed before
 * anything else is spent on it. Lives on the socket's event loop.
 */
public final class ConnectionGate extends ChannelInboundHandlerAdapter {
    /** Longer than any round trip. */
    private static final Duration CLOSE_NOTICE_TIMEOUT = Duration.ofSeconds(10);

    private final PortConnections connections;
    private final Predicate<InetAddress> sources;
    private final Duration closeNoticeTimeout;

    /** @param sources who may connect at all */
    public ConnectionGate(PortConnections connections, Predicate<InetAddress> sources) {
        this(connections, sources, CLOSE_NOTICE_TIMEOUT);
    }

    /** @param closeNoticeTimeout between the announcement that an idle connection ends, and its end */
    ConnectionGate(PortConnections connections, Predicate<InetAddress> sources, Duration closeNoticeTimeout) {
        this.connections = connections;
        this.sources = sources;
        this.closeNoticeTimeout = closeNoticeTimeout;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel accepted = (Channel) message;
        // A peer that has gone by now has no address any more.
        if (!(accepted.remoteAddress() instanceof InetSocketAddress remote) || remote.getAddress() == null) {
            accepted.unsafe().closeForcibly();
            return;
        }
        if (!sources.test(remote.getAddress())) {
            connections.listener().blocked(Block.SOURCE);
            accepted.unsafe().closeForcibly();
            return;
        }
        ConnectionWatch watch = new ConnectionWatch(connections, accepted, remote.getAddress(), closeNoticeTimeout);
        if (!connections.admit(watch)) {
            accepted.unsafe().closeForcibly();
            return;
        }
        accepted.closeFuture().addListener(closed -> connections.gone(watch));
        accepted.pipeline().addLast(watch.floodGuard()).addLast(watch);
        context.fireChannelRead(accepted);
    }
}

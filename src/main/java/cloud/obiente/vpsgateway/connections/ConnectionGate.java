package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.connections.ConnectionListener.Block;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Stands on a listening socket, in front of Netty's acceptor: each new connection is admitted and watched, or closed before
 * anything else is spent on it. While one has to wait for its place, no more are accepted: they wait in the kernel, in the
 * order in which they came. Lives on the socket's event loop.
 */
public final class ConnectionGate extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = Logger.getLogger(ConnectionGate.class);

    /** Longer than any round trip. */
    private static final Duration CLOSE_NOTICE_TIMEOUT = Duration.ofSeconds(10);

    private final PortConnections connections;
    private final Predicate<InetAddress> sources;
    private final Duration closeNoticeTimeout;
    /** One, and what was accepted together with it. */
    private final Queue<Arrival> waiting = new ArrayDeque<>();

    private boolean isPaused;

    private record Arrival(Channel accepted, ConnectionWatch watch) {}

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
        if (!connections.mayConnect(remote.getAddress())) {
            accepted.unsafe().closeForcibly();
            return;
        }
        waiting.add(new Arrival(
                accepted, new ConnectionWatch(connections, accepted, remote.getAddress(), closeNoticeTimeout)));
        admitThoseThatWait(context);
    }

    private void admitThoseThatWait(ChannelHandlerContext context) {
        while (!waiting.isEmpty()) {
            Arrival next = waiting.element();
            Admission admission = connections.admit(next.watch(), () -> askAgain(context));
            if (admission == Admission.DEFERRED) {
                isPaused = true;
                context.channel().config().setAutoRead(false);
                return;
            }
            waiting.remove();
            if (admission == Admission.ADMITTED && !context.channel().isOpen()) {
                connections.gone(next.watch());
                next.accepted().unsafe().closeForcibly();
            } else if (admission == Admission.ADMITTED) {
                enter(context, next);
            } else {
                next.accepted().unsafe().closeForcibly();
            }
        }
        if (isPaused) {
            isPaused = false;
            context.channel().config().setAutoRead(true);
        }
    }

    private void askAgain(ChannelHandlerContext context) {
        try {
            context.executor().execute(() -> {
                if (!context.isRemoved()) {
                    admitThoseThatWait(context);
                }
            });
        } catch (RejectedExecutionException stopped) {
            LOG.debug("nobody is accepted any more", stopped);
        }
    }

    private void enter(ChannelHandlerContext context, Arrival arrival) {
        AtomicBoolean isGone = new AtomicBoolean();
        Runnable gone = () -> {
            if (isGone.compareAndSet(false, true)) {
                connections.gone(arrival.watch());
            }
        };
        arrival.accepted().closeFuture().addListener(closed -> gone.run());
        arrival.accepted().pipeline().addLast(arrival.watch().floodGuard()).addLast(arrival.watch());
        context.fireChannelRead(arrival.accepted());
        // While the server stops there may be no event loop for it: it is closed without anybody being told.
        if (!arrival.accepted().isOpen()) {
            gone.run();
        }
    }

    /** The listening socket is closed: who still waits before it will not be served. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        waiting.forEach(arrival -> arrival.accepted().unsafe().closeForcibly());
        waiting.clear();
    }
}

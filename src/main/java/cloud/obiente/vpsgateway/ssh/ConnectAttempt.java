package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Caller;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The way of a tunnel to its VPS: the target resolved and judged, then dialed. Lives on the event loop of its tunnel, and
 * tells it one outcome at most; none after {@link #stop}.
 */
final class ConnectAttempt {
    private static final Logger LOG = Logger.getLogger(ConnectAttempt.class);

    /** What a tunnel learns of its way; called on its event loop. */
    interface AttemptListener {
        /** The target is this, and may be dialed. */
        void onDestination(TunnelDestination destination);

        void onConnected(Channel socket);

        /** It must not be dialed, or not now; no packet was sent. */
        void onRefused(String why);

        void onFailed(String why);
    }

    private final Tunnels tunnels;
    private final EventLoop loop;
    private final AttemptListener listener;
    private Optional<Channel> socket = Optional.empty();
    private boolean dialCounted;
    private boolean over;

    ConnectAttempt(Tunnels tunnels, EventLoop loop, AttemptListener listener) {
        this.tunnels = tunnels;
        this.loop = loop;
        this.listener = listener;
    }

    /** @param socketSide is told what the socket does from the beginning of the dial on */
    void begin(String target, int port, VpsChannelHandler.SocketListener socketSide) {
        tunnels.resolver().resolve(target, port).whenComplete((resolution, fault) -> {
            if (loop.inEventLoop()) {
                onResolved(target, resolution, fault, socketSide);
            } else {
                loop.execute(() -> onResolved(target, resolution, fault, socketSide));
            }
        });
    }

    private void onResolved(
            String target, TargetResolution resolution, Throwable fault, VpsChannelHandler.SocketListener socketSide) {
        if (over) {
            return;
        }
        if (resolution instanceof TargetResolution.Allowed found) {
            LOG.debugf("'%s' is %s: connecting", Caller.of(target), found.destination());
            listener.onDestination(found.destination());
            dial(found.destination(), socketSide);
        } else if (resolution instanceof TargetResolution.Denied refused) {
            LOG.debugf("'%s' is refused: %s", Caller.of(target), refused.why());
            refuse(refused.why());
        } else {
            fail("the target could not be resolved: " + fault);
        }
    }

    private void dial(TunnelDestination destination, VpsChannelHandler.SocketListener socketSide) {
        Optional<String> objection = tunnels.countDial();
        if (objection.isPresent()) {
            refuse(objection.get());
            return;
        }
        dialCounted = true;
        try {
            ChannelFuture dialed = tunnels.dialer().dial(loop, destination, new VpsChannelHandler(socketSide));
            socket = Optional.of(dialed.channel());
            dialed.addListener(result -> onDialed(result.cause(), destination));
        } catch (IOException noSocket) {
            onDialed(noSocket, destination);
        }
    }

    private void onDialed(Throwable cause, TunnelDestination destination) {
        uncountDial();
        if (over) {
            return;
        }
        if (cause == null && !tunnels.resolver().isCurrent(destination)) {
            // The address belongs to another VPS now.
            fail(destination.address() + " has changed hands while it was dialed; try again");
        } else if (cause == null) {
            over = true;
            LOG.debugf("connected to %s", destination);
            listener.onConnected(socket.orElseThrow());
        } else {
            LOG.debugf("connecting to %s failed: %s", destination, cause);
            fail(tunnels.dialer().describe(cause, destination));
        }
    }

    private void refuse(String why) {
        over = true;
        listener.onRefused(why);
    }

    private void fail(String why) {
        over = true;
        listener.onFailed(why);
    }

    /** The tunnel is not wanted any more. Its socket stays for the tunnel to close. */
    void stop() {
        over = true;
        uncountDial();
    }

    /** The socket, from the beginning of the dial on. */
    Optional<Channel> socket() {
        return socket;
    }

    private void uncountDial() {
        if (dialCounted) {
            dialCounted = false;
            tunnels.uncountDial();
        }
    }
}

package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.connections.ConnectionListener.CloseReason;
import cloud.obiente.vpsgateway.platform.NettyChannel;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The calls that one connection carries, and its end when it carries none. The first of the connection's handlers; lives on
 * its event loop, except where {@link OpenConnection} says otherwise.
 *
 * <p>Over HTTP/2 the end has two steps (RFC 9113 section 6.8): the peer is told to open no more streams, those that are
 * under way when it hears of that are served, and a moment later the connection is closed. Where the place is needed, the
 * moment is left out.
 */
final class ConnectionWatch extends ChannelInboundHandlerAdapter implements OpenConnection {
    /** Health checks, before a connection has shown the secret. */
    private static final int MAX_CALLS_WITHOUT_SECRET = 40;

    private static final String BANNED =
            "too many calls of this address were without the right x-api-secret; it has to wait for a minute";

    private static final AttributeKey<ConnectionWatch> ON_CHANNEL =
            AttributeKey.valueOf(ConnectionWatch.class, "of-channel");

    private final PortConnections connections;
    private final Channel channel;
    private final InetAddress peer;
    private final Duration closeNoticeTimeout;
    private final FloodGuard floodGuard;
    /** Read on other threads. */
    private volatile Optional<Http2ConnectionHandler> http2 = Optional.empty();

    private int openCalls;
    private int callsWithoutSecret;
    private boolean isProven;
    private boolean isFlooding;
    private boolean closeNoticeSent;
    private boolean closeNoticeOver;

    ConnectionWatch(PortConnections connections, Channel channel, InetAddress peer, Duration closeNoticeTimeout) {
        this.closeNoticeTimeout = closeNoticeTimeout;
        this.connections = connections;
        this.channel = channel;
        this.peer = peer;
        this.floodGuard = new FloodGuard(connections.nanoTime(), this::flooded);
        channel.attr(ON_CHANNEL).set(this);
    }

    /** That of a connection which came through a {@link ConnectionGate}. */
    static Optional<ConnectionWatch> of(Channel channel) {
        return Optional.ofNullable(channel.attr(ON_CHANNEL).get());
    }

    FloodGuard floodGuard() {
        return floodGuard;
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public boolean isHttp2() {
        return http2.isPresent();
    }

    boolean isProven() {
        return isProven;
    }

    /** The connection has shown what it is for. On its event loop. */
    void prove() {
        if (!isProven && !isFlooding) {
            isProven = true;
            floodGuard.widen();
            connections.proved(this);
        }
    }

    /**
     * A call has come without the secret, and the connection has not shown it before.
     *
     * @return whether it may be looked at
     */
    boolean admitCallWithoutSecret() {
        if (connections.addresses().isBanned(peer)) {
            end(CloseReason.FLOOD, BANNED);
            return false;
        }
        if (++callsWithoutSecret > MAX_CALLS_WITHOUT_SECRET) {
            flooded("calls without the secret");
            return false;
        }
        return !isFlooding;
    }

    /**
     * A request has come to a port that needs no secret.
     *
     * @return whether it may be looked at
     */
    boolean admitRequest() {
        prove();
        if (!connections.addresses().mayConnect(peer)) {
            end(CloseReason.FLOOD, "too many requests of one address; try again in a moment");
        }
        return !isFlooding;
    }

    private void flooded(String what) {
        if (!isFlooding) {
            connections.addresses().flooded(peer, "sent too many " + what + " on one connection");
            end(CloseReason.FLOOD, "too many " + what + " on one connection (has it sent the right x-api-secret?)");
        }
    }

    /** At once, whatever it carries. */
    private void end(CloseReason reason, String why) {
        if (!isFlooding) {
            isFlooding = true;
            connections.listener().ended(reason);
            floodGuard.cut(channel.pipeline().context(floodGuard), why);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connections.idle(this);
    }

    /** Which protocol a connection speaks shows in its first bytes, or later by an upgrade (RFC 7540 section 3.2). */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        context.fireChannelRead(message);
        if (http2.isEmpty()) {
            http2 = Optional.ofNullable(context.pipeline().get(Http2ConnectionHandler.class));
            http2.ifPresent(found -> new StreamCount(this).follow(found.connection()));
        }
    }

    /**
     * A peer may reset its connection before it has shown which protocol it speaks. Nobody behind us would hear of that but
     * the log, which is told of each, with the stack.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (NettyChannel.isServed(channel) || !(cause instanceof IOException)) {
            context.fireExceptionCaught(cause);
        }
    }

    void callBegan() {
        openCalls++;
        if (openCalls == 1) {
            connections.busy(this);
        }
    }

    void callEnded() {
        openCalls--;
        if (openCalls == 0 && closeNoticeOver) {
            close();
        } else if (openCalls == 0 && channel.isOpen()) {
            connections.idle(this);
        }
    }

    /** For what may be told on other threads. */
    void onItsLoop(Runnable told) {
        if (channel.eventLoop().inEventLoop()) {
            told.run();
        } else {
            channel.eventLoop().execute(told);
        }
    }

    @Override
    public void timeOut() {
        channel.eventLoop().execute(() -> {
            if (openCalls == 0 && channel.isOpen() && !closeNoticeSent) {
                connections.listener().ended(CloseReason.IDLE);
                leave();
            }
        });
    }

    private void leave() {
        if (http2.isEmpty()) {
            close();
            return;
        }
        closeNoticeSent = true;
        sayGoAway(http2.get(), goodbye(CloseReason.IDLE));
        // It still has its place, which may be needed before the notice of its end is over.
        connections.idle(this);
        channel.eventLoop()
                .schedule(this::closeUnlessBusy, closeNoticeTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .addListener(ignored -> {});
    }

    private void closeUnlessBusy() {
        closeNoticeOver = true;
        if (openCalls == 0) {
            close();
        }
    }

    @Override
    public void evict(CloseReason reason) {
        channel.eventLoop().execute(() -> {
            if (!channel.isOpen()) {
                return;
            }
            if (isProven && openCalls > 0) {
                connections.busy(this);
                return;
            }
            if (isProven && (reason == CloseReason.UNPROVEN || isAnswerOnItsWay())) {
                connections.idle(this);
                return;
            }
            if (!closeNoticeSent) {
                connections.listener().ended(reason);
                http2.ifPresent(handler -> sayGoAway(handler, goodbye(reason)));
            }
            close();
        });
    }

    /** A call is over when its answer has been handed to the socket, which may take it later. */
    private boolean isAnswerOnItsWay() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting != null && waiting.totalPendingWriteBytes() > 0;
    }

    /** For people: clients of gRPC show it as the debug data of the end. */
    private static String goodbye(CloseReason reason) {
        return switch (reason) {
            case IDLE -> "no call for a while (GATEWAY_GRPC_IDLE_TIMEOUT)";
            case EVICTED -> "its place was needed (GATEWAY_GRPC_MAX_CONNECTIONS, GATEWAY_GRPC_MAX_UNAUTHENTICATED)";
            case UNPROVEN -> "it has not sent the right x-api-secret in time (GATEWAY_GRPC_SECRET_TIMEOUT)";
            case FLOOD -> "too many requests";
        };
    }

    /** All streams so far, and those that the peer opens before it reads this, are served. */
    private void sayGoAway(Http2ConnectionHandler handler, String why) {
        ChannelPipeline pipeline = channel.pipeline();
        ChannelHandlerContext context = pipeline.context(handler);
        // What could not be written needs no end of its own: the connection is broken then.
        ChannelFuture unused = handler.goAway(
                context,
                Integer.MAX_VALUE,
                Http2Error.NO_ERROR.code(),
                Unpooled.copiedBuffer(why, StandardCharsets.US_ASCII),
                context.newPromise());
        context.flush();
    }

    /** Past the handlers, which would wait for streams that a peer has left half open. */
    private void close() {
        channel.unsafe().close(channel.newPromise());
    }
}

package cloud.obiente.vpsgateway.ssh;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/**
 * Opens TCP connections to VPSs. Any thread.
 *
 * <p>A VPS that is silent is probed and given up by TCP keepalive; one that does not acknowledge bytes, by {@link
 * DeadPeerWatch} where {@link LinuxTcp} is available, otherwise by the kernel (tcp(7), tcp_retries2).
 */
public final class VpsDialer {
    /** Probes without an answer before the VPS is given up. */
    private static final int PROBES = 6;

    private final Duration timeout;
    private final Duration keepAlive;
    private final Optional<LinuxTcp> tcp;

    /**
     * @param timeout for a connection to be made
     * @param keepAlive silence before the first probe; the probes then take as long again; also how long bytes may be
     *     unacknowledged
     */
    public VpsDialer(Duration timeout, Duration keepAlive) {
        this.timeout = timeout;
        this.keepAlive = keepAlive;
        this.tcp = LinuxTcp.find();
    }

    /**
     * Begins to connect. The channel reads nothing until it is told to, and stays open in one direction when the other
     * ends or breaks.
     *
     * @throws IOException when there is no socket to be had
     */
    ChannelFuture dial(EventLoop loop, TunnelDestination destination, ChannelHandler handler) throws IOException {
        int idle = (int) Math.max(1, keepAlive.toSeconds());
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.INET);
        return new Bootstrap()
                .group(loop)
                .channelFactory((ChannelFactory<Channel>) () -> new NioSocketChannel(socket))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idle)
                .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), Math.max(1, idle / PROBES))
                .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.AUTO_READ, false)
                .handler(handlers(socket, handler))
                .connect(socketAddress(destination));
    }

    private ChannelHandler handlers(SocketChannel socket, ChannelHandler last) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                tcp.ifPresent(found -> channel.pipeline().addLast(new DeadPeerWatch(found, socket, keepAlive)));
                channel.pipeline().addLast(last);
            }
        };
    }

    /** Why a connection could not be made, as the caller is told. */
    String describe(Throwable cause, TunnelDestination destination) {
        if (cause instanceof ConnectTimeoutException) {
            return "timed out after " + timeout.toSeconds() + " s";
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof NoRouteToHostException || message.contains("unreachable")) {
            return "no route";
        }
        if (cause instanceof ConnectException && message.contains("refused")) {
            return "connection refused by " + destination;
        }
        return "connection to " + destination + " failed: " + message;
    }

    /** Why a connection that was made has ended, as the caller is told. */
    static String describeBreak(Throwable cause, TunnelDestination destination) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("reset")
                ? "connection reset by " + destination
                : "connection to " + destination + " broke: " + message;
    }

    private static InetSocketAddress socketAddress(TunnelDestination destination) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(destination.address().octets()), destination.port());
        } catch (UnknownHostException fourOctetsAreAnAddress) {
            throw new IllegalStateException(fourOctetsAreAnAddress);
        }
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.platform.NettyChannel;
import io.grpc.Attributes;
import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The HTTP/2 PINGs (RFC 9113 section 6.7) of one connection's peer, and its answers to ours: signs of life where a call has
 * nothing to say. Counted on the connection's event loop, read on any thread.
 */
public final class PeerPings {
    /** Among the attributes of a call, unless its connection is HTTP/1.1. */
    public static final Attributes.Key<PeerPings> OF_CONNECTION = Attributes.Key.create("peer-pings");

    private static final AttributeKey<PeerPings> ON_CHANNEL = AttributeKey.valueOf(PeerPings.class, "of-connection");

    private static final int PING_BYTES = 8;

    private final Channel channel;
    private final HttpConnection http;
    private final AtomicLong count = new AtomicLong();

    private PeerPings(Channel channel, HttpConnection http) {
        this.channel = channel;
        this.http = http;
    }

    /** Those of the connection, counted since the first time that somebody asked. Call on its event loop. */
    static Optional<PeerPings> of(HttpConnection connection, HttpVersion version) {
        return version == HttpVersion.HTTP_2
                ? NettyChannel.of(connection).map(channel -> of(channel, connection))
                : Optional.empty();
    }

    private static PeerPings of(Channel channel, HttpConnection connection) {
        Attribute<PeerPings> attribute = channel.attr(ON_CHANNEL);
        if (attribute.get() == null) {
            PeerPings pings = new PeerPings(channel, connection);
            attribute.set(pings);
            connection.pingHandler(ping -> pings.count.incrementAndGet());
        }
        return attribute.get();
    }

    /** Sends a PING; the count grows when it is answered. Any thread; does not wait. */
    public void ping() {
        channel.eventLoop().execute(() -> http.ping(Buffer.buffer(new byte[PING_BYTES]))
                .onSuccess(answer -> count.incrementAndGet()));
    }

    /** How many have come. */
    public long count() {
        return count.get();
    }
}

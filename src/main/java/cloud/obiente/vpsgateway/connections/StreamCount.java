package cloud.obiente.vpsgateway.connections;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Counts the HTTP/2 streams of a connection that have not been answered whole. Those whose peer could still send, but has
 * its answer, do not count: a peer may leave them like that for ever. Lives on the connection's event loop.
 */
final class StreamCount extends Http2ConnectionAdapter {
    private final ConnectionWatch watch;
    private Http2Connection.PropertyKey counted;

    StreamCount(ConnectionWatch watch) {
        this.watch = watch;
    }

    /** Counts the streams that are there, and from now on those that come. Call once. */
    void follow(Http2Connection connection) {
        counted = connection.newKey();
        connection.addListener(this);
        try {
            connection.forEachActiveStream(stream -> {
                onStreamActive(stream);
                return true;
            });
        } catch (Http2Exception visitorsOfOursThrowNone) {
            throw new IllegalStateException(visitorsOfOursThrowNone);
        }
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        if (stream.state().localSideOpen()) {
            stream.setProperty(counted, Boolean.TRUE);
            watch.callBegan();
        }
    }

    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
        if (!stream.state().localSideOpen()) {
            over(stream);
        }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        over(stream);
    }

    private void over(Http2Stream stream) {
        if (stream.removeProperty(counted) != null) {
            watch.callEnded();
        }
    }
}

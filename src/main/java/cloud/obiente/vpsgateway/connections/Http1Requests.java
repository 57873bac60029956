package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.platform.NettyChannel;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * Counts the requests of HTTP/1.1 connections, from their heads to the ends of their answers. To be the first handler of a
 * router: the codec of HTTP/1.1, unlike that of HTTP/2, tells nobody of the requests it has. Stateless.
 */
public final class Http1Requests implements Handler<RoutingContext> {

    @Override
    public void handle(RoutingContext routing) {
        watchOf(routing).ifPresent(watch -> {
            watch.onItsLoop(watch::callBegan);
            // Called by the writer of the answer: a worker thread, where a handler blocks.
            routing.addEndHandler(ended -> watch.onItsLoop(watch::callEnded));
        });
        routing.next();
    }

    private static Optional<ConnectionWatch> watchOf(RoutingContext routing) {
        return routing.request().version() == HttpVersion.HTTP_2
                ? Optional.empty()
                : NettyChannel.of(routing.request().connection()).flatMap(ConnectionWatch::of);
    }
}

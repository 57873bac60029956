package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.platform.NettyChannel;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Ends HTTP/1.1 connections that pipeline (RFC 9112 section 9.3.2) and do not read. Vert.x takes the next request when the
 * answer to the last one has been queued, not when it has left, so that anybody who reaches a port could fill the memory with
 * answers. HTTP/2 has windows and a limit of streams for that. Stateless.
 */
@Singleton
class PipeliningGuard {
    private static final int BEFORE_EVERYTHING = Integer.MIN_VALUE;

    void onCalls(@Observes Router router) {
        guard(router);
    }

    void onManagement(@Observes ManagementInterface management) {
        guard(management.router());
    }

    private static void guard(Router router) {
        router.route().order(BEFORE_EVERYTHING).handler(PipeliningGuard::admit);
    }

    private static void admit(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        if (request.version() != HttpVersion.HTTP_2
                && NettyChannel.of(request.connection())
                        .filter(channel -> !channel.isWritable())
                        .isPresent()) {
            request.connection().close();
        } else {
            routing.next();
        }
    }
}

package cloud.obiente.vpsgateway.connections;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;

/**
 * Bounds what is asked of a port that needs no secret: a request is what a connection is for, and an address makes so many
 * of them. To be among the first handlers of a router. Stateless.
 */
public final class RequestAdmission implements Handler<RoutingContext> {

    @Override
    public void handle(RoutingContext routing) {
        boolean admitted = CallAdmission.watchOf(routing.request())
                .map(ConnectionWatch::admitRequest)
                .orElse(true);
        if (admitted) {
            routing.next();
        }
    }
}

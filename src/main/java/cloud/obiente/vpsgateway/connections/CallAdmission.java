package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.platform.NettyChannel;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Looks at the secret of a call before anything else is done for it, until its connection has shown one that is right; what
 * comes without it has a small budget. Whether a call is allowed to do what it asks for is decided elsewhere. To be among the
 * first handlers of a router. Stateless.
 */
public final class CallAdmission implements Handler<RoutingContext> {
    private static final String SECRET = "x-api-secret";

    private final PeerAddresses addresses;
    private final Predicate<String> secret;

    /** @param secret whether a text is the secret; fast, and on any thread */
    public CallAdmission(PeerAddresses addresses, Predicate<String> secret) {
        this.addresses = addresses;
        this.secret = secret;
    }

    @Override
    public void handle(RoutingContext routing) {
        Optional<ConnectionWatch> watch = watchOf(routing.request());
        if (watch.isEmpty() || watch.get().isProven() || admit(routing.request(), watch.get())) {
            routing.next();
        }
    }

    private boolean admit(HttpServerRequest request, ConnectionWatch watch) {
        String presented = request.getHeader(SECRET);
        if (presented != null && secret.test(presented)) {
            watch.prove();
            addresses.proved(watch.peer());
            return true;
        }
        return watch.admitCallWithoutSecret();
    }

    static Optional<ConnectionWatch> watchOf(HttpServerRequest request) {
        return NettyChannel.of(request.connection()).flatMap(ConnectionWatch::of);
    }
}

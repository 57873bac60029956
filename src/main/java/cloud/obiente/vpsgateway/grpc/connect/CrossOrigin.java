package cloud.obiente.vpsgateway.grpc.connect;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;

/** Lets web pages of chosen origins call (Fetch standard, "CORS protocol"). */
final class CrossOrigin {
    /** How long a browser may remember our permission, in seconds; two hours is the longest that Chromium keeps it. */
    private static final String MAX_AGE = "7200";

    private final Set<String> allowedOrigins;

    CrossOrigin(Set<String> allowedOrigins) {
        this.allowedOrigins = allowedOrigins;
    }

    /** @return whether the request was only a question for permission, and has been answered */
    boolean answer(HttpServerRequest request) {
        if (allowedOrigins.isEmpty()) {
            return false;
        }
        MultiMap headers = request.response().headers();
        // Also without an origin: a cache must not give that answer to a page.
        headers.add("vary", "origin");
        String origin = request.getHeader("origin");
        if (origin == null || !allowedOrigins.contains(origin)) {
            return false;
        }
        headers.set("access-control-allow-origin", origin);
        String method = request.getHeader("access-control-request-method");
        if (request.method().equals(HttpMethod.OPTIONS) && method != null) {
            permit(request, request.response());
            return true;
        }
        // A service may answer with headers of its own, which pages may read when they are named or meant by "*".
        headers.set("access-control-expose-headers", "*");
        return false;
    }

    private static void permit(HttpServerRequest request, HttpServerResponse response) {
        String names = request.getHeader("access-control-request-headers");
        response.putHeader("access-control-allow-methods", "GET, POST");
        response.putHeader("access-control-max-age", MAX_AGE);
        if (names != null) {
            response.putHeader("access-control-allow-headers", names);
        }
        response.setStatusCode(204).end().onFailure(gone -> request.connection().close());
    }
}

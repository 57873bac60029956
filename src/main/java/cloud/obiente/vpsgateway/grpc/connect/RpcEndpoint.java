package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Answers calls of every protocol on a Vert.x router, and lets all other requests pass. Immutable; may serve any number
 * of event loops.
 */
public final class RpcEndpoint implements Handler<RoutingContext> {
    private final ServiceCatalog services;
    private final CrossOrigin crossOrigin;
    private final Set<String> safeMethods;
    private final CallOpener calls;

    /** @param timer ends calls whose deadline has passed; tasks on it are short. Stays the caller's */
    public RpcEndpoint(ServiceCatalog services, RpcSettings settings, ScheduledExecutorService timer) {
        this.services = services;
        this.crossOrigin = new CrossOrigin(settings.allowedOrigins());
        this.safeMethods = settings.safeMethods();
        this.calls = new CallOpener(services, settings, timer);
    }

    /** @param order place among the router's routes; lower comes first */
    public void mountOn(Router router, int order) {
        router.route().order(order).handler(this);
    }

    @Override
    public void handle(RoutingContext routing) {
        if (Context.isOnEventLoopThread()) {
            route(routing);
        } else {
            // A blocking handler before us (live reload in development) has moved the request to a worker.
            routing.request().pause();
            Vertx.currentContext().runOnContext(ignored -> route(routing));
        }
    }

    private void route(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<MediaType> media =
                Optional.ofNullable(request.getHeader("content-type")).flatMap(MediaType::parse);
        String fullName = request.path().startsWith("/") ? request.path().substring(1) : "";
        Optional<ServerMethodDefinition<?, ?>> method = services.method(fullName);
        if (method.isEmpty()) {
            unknown(routing, fullName, media);
        } else if (!crossOrigin.answer(request)) {
            known(request, method.get(), media);
        }
    }

    private void unknown(RoutingContext routing, String fullName, Optional<MediaType> media) {
        String service = Optional.ofNullable(MethodDescriptor.extractFullServiceName(fullName))
                .orElse("");
        if (media.isEmpty() || (media.get().isConnect() && !services.hasService(service))) {
            routing.next();
            return;
        }
        Status status = Status.UNIMPLEMENTED.withDescription("Method not found: " + fullName);
        if (media.get().isConnect()) {
            routing.response().setStatusCode(404);
            calls.refuse(routing.request(), media.get().asUnary(), status);
        } else {
            calls.refuse(routing.request(), media.get(), status);
        }
    }

    private void known(HttpServerRequest request, ServerMethodDefinition<?, ?> target, Optional<MediaType> media) {
        MethodDescriptor<?, ?> method = target.getMethodDescriptor();
        boolean queryAllowed = QueryCall.isAllowed(method, safeMethods);
        if (request.method().equals(HttpMethod.GET) && queryAllowed) {
            query(request, target);
        } else if (!request.method().equals(HttpMethod.POST)) {
            String allowed = queryAllowed ? "GET, POST" : "POST";
            refuse(
                    request,
                    405,
                    "allow",
                    allowed,
                    request.method() + " is no way to call " + method.getFullMethodName() + " (expected: " + allowed
                            + ")");
        } else if (media.isEmpty() || !fits(media.get(), method)) {
            refuseMedia(request, method);
        } else if (media.get().kind() == MediaType.Kind.GRPC && request.version() != HttpVersion.HTTP_2) {
            refuse(
                    request,
                    505,
                    "upgrade",
                    "h2c",
                    "gRPC needs HTTP/2, and this is " + request.version()
                            + " (expected: a client, and proxies before this gateway, that speak HTTP/2 without TLS to it; or gRPC-Web,"
                            + " or Connect)");
        } else {
            calls.open(request, target, media.get());
        }
    }

    private void query(HttpServerRequest request, ServerMethodDefinition<?, ?> target) {
        try {
            String encoding = QueryCall.parameters(request).get("encoding");
            Optional<MediaType> media = MediaType.parse("application/" + encoding)
                    .filter(type -> type.kind() == MediaType.Kind.CONNECT_UNARY);
            if (media.isPresent()) {
                calls.openQuery(request, target, media.get());
            } else {
                refuseMedia(request, target.getMethodDescriptor());
            }
        } catch (StatusRuntimeException malformed) {
            calls.refuse(request, MediaType.JSON, malformed.getStatus());
        }
    }

    /** Connect has a content type for unary calls and another for all streams; the others tell no difference. */
    private static boolean fits(MediaType media, MethodDescriptor<?, ?> method) {
        boolean unary = method.getType() == MethodType.UNARY;
        return switch (media.kind()) {
            case CONNECT_UNARY -> unary;
            case CONNECT_STREAM -> !unary;
            default -> true;
        };
    }

    private static void refuseMedia(HttpServerRequest request, MethodDescriptor<?, ?> method) {
        refuse(
                request,
                415,
                "accept-post",
                MediaType.SUPPORTED,
                "the content type of a call of " + method.getFullMethodName()
                        + " is not one that fits it (expected: one of " + MediaType.SUPPORTED
                        + "; Connect has one for unary calls and another for streams)");
    }

    /** Clients of gRPC show the text with their own for the status. */
    private static void refuse(HttpServerRequest request, int httpStatus, String header, String value, String text) {
        HttpServerResponse response = request.response();
        response.setStatusCode(httpStatus)
                .putHeader(header, value)
                .putHeader("content-type", "text/plain; charset=utf-8");
        response.end(text + "\n").onComplete(result -> {
            if (request.version() == HttpVersion.HTTP_2 && !request.isEnded()) {
                response.reset(RequestBody.NO_ERROR);
            }
        });
    }
}

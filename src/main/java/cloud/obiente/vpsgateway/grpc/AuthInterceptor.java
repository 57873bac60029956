package cloud.obiente.vpsgateway.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Prioritized;

/**
 * Lets a call pass that presents the shared secret, whatever service it is for; {@code grpc.health.v1} is open, because
 * load balancers and orchestrators have no secret.
 */
@GlobalInterceptor
@ApplicationScoped
public class AuthInterceptor implements ServerInterceptor, Prioritized {
    private static final Metadata.Key<String> SECRET =
            Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER);
    private static final String OPEN_SERVICE = "grpc.health.v1.Health";
    private static final int BEFORE_ALL_BUT_METRICS = 1_000;

    private final SharedSecret secret;

    AuthInterceptor(SharedSecret secret) {
        this.secret = secret;
    }

    @Override
    public int getPriority() {
        return BEFORE_ALL_BUT_METRICS;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String presented = headers.get(SECRET);
        if (OPEN_SERVICE.equals(call.getMethodDescriptor().getServiceName())
                || presented != null && secret.matches(presented)) {
            return next.startCall(call, headers);
        }
        StatusRuntimeException refusal = Statuses.unauthenticated();
        Metadata trailers = Status.trailersFromThrowable(refusal);
        call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }
}

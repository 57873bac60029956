package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.connections.PeerAddresses;
import cloud.obiente.vpsgateway.connections.PeerListener.Failure;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Prioritized;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * Lets a call pass that presents the shared secret, whatever service it is for; {@code grpc.health.v1} is open, because
 * load balancers and orchestrators have no secret, but not for many calls at once.
 */
@GlobalInterceptor
@ApplicationScoped
public class AuthInterceptor implements ServerInterceptor, Prioritized {
    private static final Metadata.Key<String> SECRET =
            Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER);
    private static final String OPEN_SERVICE = "grpc.health.v1.Health";
    private static final int BEFORE_ALL_BUT_METRICS = 1_000;

    private static final Status TOO_MANY = Status.RESOURCE_EXHAUSTED.withDescription(
            "too many calls without the secret are open: " + UnauthenticatedCallLimit.MAX_PER_ADDRESS
                    + " from one address, " + UnauthenticatedCallLimit.MAX + " in all; end some, or send x-api-secret");

    private final SharedSecret secret;
    private final UnauthenticatedCallLimit unauthenticatedCalls = new UnauthenticatedCallLimit();
    private final PeerAddresses addresses;

    AuthInterceptor(SharedSecret secret, PeerAddresses addresses) {
        this.secret = secret;
        this.addresses = addresses;
    }

    @Override
    public int getPriority() {
        return BEFORE_ALL_BUT_METRICS;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String presented = headers.get(SECRET);
        Optional<InetAddress> address = address(call);
        if (presented != null && secret.matches(presented)) {
            address.ifPresent(addresses::proved);
            return next.startCall(call, headers);
        }
        if (OPEN_SERVICE.equals(call.getMethodDescriptor().getServiceName())) {
            return startUnauthenticated(call, headers, next);
        }
        address.ifPresent(from -> addresses.failed(from, presented == null ? Failure.MISSING : Failure.WRONG));
        StatusRuntimeException refusal = StatusMapper.unauthenticated();
        Metadata trailers = Status.trailersFromThrowable(refusal);
        return refused(call, refusal.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    private <Q, A> ServerCall.Listener<Q> startUnauthenticated(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (!unauthenticatedCalls.enter(remote)) {
            return refused(call, TOO_MANY, new Metadata());
        }
        try {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                @Override
                public void onComplete() {
                    unauthenticatedCalls.leave(remote);
                    super.onComplete();
                }

                @Override
                public void onCancel() {
                    unauthenticatedCalls.leave(remote);
                    super.onCancel();
                }
            };
        } catch (RuntimeException | Error notStarted) {
            unauthenticatedCalls.leave(remote);
            throw notStarted;
        }
    }

    private static Optional<InetAddress> address(ServerCall<?, ?> call) {
        return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress internet
                ? Optional.ofNullable(internet.getAddress())
                : Optional.empty();
    }

    private static <Q, A> ServerCall.Listener<Q> refused(ServerCall<Q, A> call, Status why, Metadata trailers) {
        call.close(why, trailers);
        return new ServerCall.Listener<>() {};
    }
}

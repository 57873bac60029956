package cloud.obiente.vpsgateway.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Prioritized;

/**
 * The one place where a {@link StreamMethod} takes its method over from the generated stub, whose queue of incoming messages
 * has no bound. The innermost interceptor: secret, caller and metrics come first, as for every other method.
 */
@GlobalInterceptor
@ApplicationScoped
public class StreamMethods implements ServerInterceptor, Prioritized {
    private static final int INNERMOST = Integer.MIN_VALUE;

    private final Instance<StreamMethod<?, ?>> methods;

    StreamMethods(@Any Instance<StreamMethod<?, ?>> methods) {
        this.methods = methods;
    }

    @Override
    public int getPriority() {
        return INNERMOST;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            return next.startCall(call, headers);
        }
        return handler(call, next).startCall(call, headers);
    }

    @SuppressWarnings("unchecked") // one full name is one pair of messages
    private <Q, A> ServerCallHandler<Q, A> handler(ServerCall<Q, A> call, ServerCallHandler<Q, A> stub) {
        String name = call.getMethodDescriptor().getFullMethodName();
        for (StreamMethod<?, ?> method : methods) {
            if (method.method().getFullMethodName().equals(name)) {
                return (ServerCallHandler<Q, A>) method;
            }
        }
        return stub;
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;

/**
 * A bean that serves one method of a service by itself, where the generated service cannot: it sees the {@link
 * io.grpc.ServerCall}, so that it decides when the caller may send another message. Interceptors apply as to all methods.
 *
 * @param <Q> request message
 * @param <A> response message
 */
public interface CallLevelMethod<Q, A> extends ServerCallHandler<Q, A> {

    /** The method that is served. */
    MethodDescriptor<Q, A> method();

    /** A method that the handler serves. */
    static <Q, A> CallLevelMethod<Q, A> of(MethodDescriptor<Q, A> method, ServerCallHandler<Q, A> handler) {
        return new CallLevelMethod<>() {
            @Override
            public MethodDescriptor<Q, A> method() {
                return method;
            }

            @Override
            public ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata headers) {
                return handler.startCall(call, headers);
            }
        };
    }
}

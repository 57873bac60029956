package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.MethodDescriptor;
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
}

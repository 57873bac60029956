package cloud.obiente.vpsgateway.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;

/**
 * A streaming method that is served call by call, message by message, instead of by a stub: so that no more is read than was
 * asked for. {@link StreamMethods} finds every bean of this type.
 */
interface StreamMethod<Q, A> extends ServerCallHandler<Q, A> {
    MethodDescriptor<Q, A> method();
}

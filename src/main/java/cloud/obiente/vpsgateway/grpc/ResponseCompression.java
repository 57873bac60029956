package cloud.obiente.vpsgateway.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Compresses long answers of unary calls for callers that offer gzip, which all of them do by default. Short ones would
 * cost more time than they save, and what SSH carries is incompressible. Stateless.
 */
@GlobalInterceptor
@ApplicationScoped
public class ResponseCompression implements ServerInterceptor {
    private static final int LONG_BYTES = 16 << 10;

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
            return next.startCall(call, headers);
        }
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendHeaders(Metadata answered) {
                        setCompression("gzip");
                        super.sendHeaders(answered);
                    }

                    @Override
                    public void sendMessage(A message) {
                        setMessageCompression(
                                message instanceof MessageLite sized && sized.getSerializedSize() >= LONG_BYTES);
                        super.sendMessage(message);
                    }
                },
                headers);
    }
}

package cloud.obiente.vpsgateway.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.ExceptionHandler;
import io.quarkus.grpc.ExceptionHandlerProvider;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * What a caller learns of a fault of ours: INTERNAL and a number by which the log tells the rest. Statuses that were meant
 * pass as they are.
 */
@ApplicationScoped
public class UnexpectedFailures implements ExceptionHandlerProvider {
    private static final Logger LOG = Logger.getLogger(UnexpectedFailures.class);

    @Override
    public Throwable transform(Throwable failure) {
        if (failure instanceof StatusException || failure instanceof StatusRuntimeException) {
            return failure;
        }
        String id = UUID.randomUUID().toString();
        LOG.errorf(failure, "a call failed unexpectedly (%s)", id);
        return Status.INTERNAL
                .withDescription("internal error " + id + "; the gateway's log tells more")
                .withCause(failure)
                .asRuntimeException();
    }

    @Override
    public <Q, A> ExceptionHandler<Q, A> createHandler(
            ServerCall.Listener<Q> listener, ServerCall<Q, A> call, Metadata headers) {
        return new ExceptionHandler<>(listener, call, headers) {
            @Override
            protected void handleException(Throwable failure, ServerCall<Q, A> failed, Metadata received) {
                Throwable told = transform(failure);
                Metadata trailers = Status.trailersFromThrowable(told);
                failed.close(Status.fromThrowable(told), trailers == null ? new Metadata() : trailers);
            }
        };
    }
}

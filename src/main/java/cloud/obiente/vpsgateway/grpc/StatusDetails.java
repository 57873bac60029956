package cloud.obiente.vpsgateway.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The messages of libraries that we send. Protobuf reaches their fields by reflection, and Quarkus tells a native image of
 * our own messages only.
 */
@RegisterForReflection(
        targets = {
            Any.class,
            Any.Builder.class,
            BadRequest.class,
            BadRequest.Builder.class,
            BadRequest.FieldViolation.class,
            BadRequest.FieldViolation.Builder.class,
            ErrorInfo.class,
            ErrorInfo.Builder.class,
            Status.class,
            Status.Builder.class,
            Timestamp.class,
            Timestamp.Builder.class
        })
final class StatusDetails {
    private StatusDetails() {}
}

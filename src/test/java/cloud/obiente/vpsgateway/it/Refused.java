package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * How a call was refused.
 *
 * @param reason of the ErrorInfo; empty when there is none
 * @param values the metadata of the ErrorInfo
 * @param fields named by the BadRequest, in its order
 */
record Refused(Code code, String message, String reason, Map<String, String> values, List<String> fields) {

    /** Makes the call, which must fail with a gRPC status. */
    static Refused by(ThrowingCallable call) {
        StatusRuntimeException thrown = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(thrown).as("a refusal").isNotNull();
        return of(thrown);
    }

    static Refused of(StatusRuntimeException thrown) {
        List<Any> details = StatusProto.fromThrowable(thrown).getDetailsList();
        Optional<ErrorInfo> info = detail(details, ErrorInfo.class);
        info.ifPresent(given -> assertThat(given.getDomain()).isEqualTo("vps-gateway"));
        return new Refused(
                thrown.getStatus().getCode(),
                String.valueOf(thrown.getStatus().getDescription()),
                info.map(ErrorInfo::getReason).orElse(""),
                info.map(ErrorInfo::getMetadataMap).orElse(Map.of()),
                detail(details, BadRequest.class).stream()
                        .flatMap(request -> request.getFieldViolationsList().stream())
                        .map(BadRequest.FieldViolation::getField)
                        .toList());
    }

    private static <M extends Message> Optional<M> detail(List<Any> details, Class<M> type) {
        return details.stream().filter(any -> any.is(type)).findFirst().map(any -> {
            try {
                return any.unpack(type);
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError("a detail that is not what it says", e);
            }
        });
    }
}

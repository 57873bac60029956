package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.apilink.LinkCloseReason;
import cloud.obiente.vpsgateway.ipam.Refusal;
import cloud.obiente.vpsgateway.ipam.RefusalReason;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The one place where a "no" becomes a gRPC status. Every status carries a {@code google.rpc.ErrorInfo} whose reason is
 * stable (docs/errors.md) and whose domain is {@value #DOMAIN}.
 */
final class StatusMapper {
    static final String DOMAIN = "vps-gateway";

    private static final String INVALID_FIELDS = "INVALID_FIELDS";
    private static final String BAD_SECRET = "BAD_SECRET";
    private static final String TEMPORARILY_UNAVAILABLE = "TEMPORARILY_UNAVAILABLE";

    /** Those that are neither the domain's nor those of links. */
    static final Set<String> REASONS = Set.of(INVALID_FIELDS, BAD_SECRET, TEMPORARILY_UNAVAILABLE);

    private StatusMapper() {}

    static StatusRuntimeException of(Refusal refusal) {
        return status(codeOf(refusal.reason()), refusal.reason().name(), refusal.message(), refusal.details());
    }

    static StatusRuntimeException invalid(List<BadRequest.FieldViolation> faults) {
        return status(
                Code.INVALID_ARGUMENT,
                INVALID_FIELDS,
                describe(faults),
                Map.of(),
                BadRequest.newBuilder().addAllFieldViolations(faults).build());
    }

    static String describe(List<BadRequest.FieldViolation> faults) {
        return faults.stream()
                .map(fault -> fault.getField() + " " + fault.getDescription())
                .collect(Collectors.joining("; "));
    }

    /** The end of a ProxySSH stream. */
    static io.grpc.Status unknownType(String type) {
        String fault = new InvalidValueException(type, "connect, data or close").getMessage();
        return io.grpc.Status.INVALID_ARGUMENT.withDescription("type " + fault);
    }

    static StatusRuntimeException unauthenticated() {
        return status(
                Code.UNAUTHENTICATED,
                BAD_SECRET,
                "x-api-secret is missing or wrong (expected: the value of GATEWAY_API_SECRET)",
                Map.of());
    }

    /** @param end one that is not polite */
    static StatusRuntimeException of(LinkCloseReason end) {
        return status(codeOf(end.cause()), "LINK_" + end.cause(), end.text(), Map.of());
    }

    private static Code codeOf(LinkCloseReason.Cause cause) {
        return switch (cause) {
            case LEFT, REPLACED, STOPPING -> Code.OK;
            case LOST -> Code.CANCELLED;
            case MALFORMED -> Code.INVALID_ARGUMENT;
            case UNREGISTERED, SILENT -> Code.DEADLINE_EXCEEDED;
            case NOT_READING, TOO_MANY -> Code.RESOURCE_EXHAUSTED;
        };
    }

    static StatusRuntimeException unavailable(String message) {
        return status(Code.UNAVAILABLE, TEMPORARILY_UNAVAILABLE, message, Map.of());
    }

    static Code codeOf(RefusalReason reason) {
        return switch (reason) {
            case NOT_FOUND -> Code.NOT_FOUND;
            case ADDRESS_TAKEN, MAC_TAKEN -> Code.ALREADY_EXISTS;
            case POOL_EXHAUSTED -> Code.RESOURCE_EXHAUSTED;
            case OUTSIDE_POOL, NOT_PUBLIC -> Code.INVALID_ARGUMENT;
            case ADDRESS_RESERVED, NOT_ENFORCED, CONFLICT -> Code.FAILED_PRECONDITION;
            case ABANDONED -> Code.CANCELLED;
            case OVERLOADED, STOPPING, STORE_UNAVAILABLE -> Code.UNAVAILABLE;
        };
    }

    private static StatusRuntimeException status(
            Code code, String reason, String message, Map<String, String> details, Message... more) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setReason(reason)
                .setDomain(DOMAIN)
                .putAllMetadata(details)
                .build();
        Status.Builder status =
                Status.newBuilder().setCode(code.value()).setMessage(message).addDetails(Any.pack(info));
        for (Message detail : more) {
            status.addDetails(Any.pack(detail));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }
}

package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.grpc.connect.CallLevelMethod;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import jakarta.inject.Singleton;

/**
 * {@code grpc.health.v1.Health/Check}, in place of Quarkus', which calls a service that does not exist UNKNOWN where the
 * health checking protocol wants NOT_FOUND. Stateless.
 */
@Singleton
public class HealthCheckCalls implements CallLevelMethod<HealthCheckRequest, HealthCheckResponse> {
    private final GrpcHealthStorage storage;
    private final ServerCallHandler<HealthCheckRequest, HealthCheckResponse> calls =
            ServerCalls.asyncUnaryCall(this::check);

    HealthCheckCalls(GrpcHealthStorage storage) {
        this.storage = storage;
    }

    @Override
    public MethodDescriptor<HealthCheckRequest, HealthCheckResponse> method() {
        return HealthGrpc.getCheckMethod();
    }

    @Override
    public ServerCall.Listener<HealthCheckRequest> startCall(
            ServerCall<HealthCheckRequest, HealthCheckResponse> call, Metadata headers) {
        return calls.startCall(call, headers);
    }

    private void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
        ServingStatus status = storage.getStatuses().get(request.getService());
        if (status == null) {
            answer.onError(Status.NOT_FOUND
                    .withDescription("no service '" + request.getService() + "' (expected: dhcp, dns, ipam, or empty)")
                    .asRuntimeException());
            return;
        }
        answer.onNext(HealthCheckResponse.newBuilder().setStatus(status).build());
        answer.onCompleted();
    }
}

package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.grpc.connect.CallLevelMethod;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.runtime.health.GrpcHealthEndpoint;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Singleton;

/**
 * {@code grpc.health.v1.Health/Watch}, in front of Quarkus', which remembers every service that anybody has ever asked for:
 * whoever reaches the port, and needs no secret for that, could fill the memory. Stateless.
 */
@Singleton
public class HealthWatchCalls implements CallLevelMethod<HealthCheckRequest, HealthCheckResponse> {
    /** SERVICE_UNKNOWN in the protocol's health.proto; Quarkus' copy is older and has no name for it. */
    private static final int SERVICE_UNKNOWN = 3;

    private static final HealthCheckResponse UNKNOWN =
            HealthCheckResponse.newBuilder().setStatusValue(SERVICE_UNKNOWN).build();

    private final GrpcHealthStorage storage;
    private final GrpcHealthEndpoint known;
    private final ServerCallHandler<HealthCheckRequest, HealthCheckResponse> calls =
            ServerCalls.asyncServerStreamingCall(this::watch);

    HealthWatchCalls(GrpcHealthStorage storage, @GrpcService GrpcHealthEndpoint known) {
        this.storage = storage;
        this.known = known;
    }

    @Override
    public MethodDescriptor<HealthCheckRequest, HealthCheckResponse> method() {
        return HealthGrpc.getWatchMethod();
    }

    @Override
    public ServerCall.Listener<HealthCheckRequest> startCall(
            ServerCall<HealthCheckRequest, HealthCheckResponse> call, Metadata headers) {
        return calls.startCall(call, headers);
    }

    private void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
        ServerCallStreamObserver<HealthCheckResponse> watcher = (ServerCallStreamObserver<HealthCheckResponse>) answer;
        if (storage.getStatuses().containsKey(request.getService())) {
            Cancellable watching =
                    known.watch(request).subscribe().with(watcher::onNext, watcher::onError, watcher::onCompleted);
            watcher.setOnCancelHandler(watching::cancel);
        } else {
            // The protocol wants the call to stay open, as if the service could still come.
            watcher.setOnCancelHandler(() -> {});
            watcher.onNext(UNKNOWN);
        }
    }
}

package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.grpc.connect.CallLevelMethod;
import cloud.obiente.vpsgateway.platform.ServiceHealth;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;

/**
 * {@code grpc.health.v1.Health}, in front of Quarkus' own, which calls a service that does not exist UNKNOWN where the
 * health checking protocol wants NOT_FOUND, and remembers every service that anybody has ever asked for: anybody who reaches
 * the port, and needs no secret for that, could fill the memory. Stateless.
 */
@Singleton
public class HealthCalls {
    /**
     * A question is the name of a service. Anybody who reaches the port may ask without a secret, and as often as they like at
     * once, so what is kept of a question that never ends has to be small.
     */
    public static final Map<String, Integer> MESSAGE_LIMITS = Map.of(HealthGrpc.SERVICE_NAME, 1 << 10);

    /** SERVICE_UNKNOWN in the protocol's health.proto; Quarkus' copy is older and has no name for it. */
    private static final int SERVICE_UNKNOWN = 3;

    private final ServiceHealth services;

    HealthCalls(ServiceHealth services) {
        this.services = services;
    }

    @Produces
    @Singleton
    CallLevelMethod<HealthCheckRequest, HealthCheckResponse> checkMethod() {
        return CallLevelMethod.of(HealthGrpc.getCheckMethod(), ServerCalls.asyncUnaryCall(this::check));
    }

    @Produces
    @Singleton
    CallLevelMethod<HealthCheckRequest, HealthCheckResponse> watchMethod() {
        return CallLevelMethod.of(HealthGrpc.getWatchMethod(), ServerCalls.asyncServerStreamingCall(this::watch));
    }

    private void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
        ServingStatus status = services.statuses().get(request.getService());
        if (status == null) {
            answer.onError(Status.NOT_FOUND
                    .withDescription("no service '" + request.getService() + "' (expected: dhcp, dns, ipam, or empty)")
                    .asRuntimeException());
            return;
        }
        answer.onNext(HealthCheckResponse.newBuilder().setStatus(status).build());
        answer.onCompleted();
    }

    private void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
        ServerCallStreamObserver<HealthCheckResponse> watcher = (ServerCallStreamObserver<HealthCheckResponse>) answer;
        if (services.statuses().containsKey(request.getService())) {
            Cancellable watching =
                    services.watch(request).subscribe().with(watcher::onNext, watcher::onError, watcher::onCompleted);
            watcher.setOnCancelHandler(watching::cancel);
        } else {
            // The protocol wants the call to stay open, as if the service could still come.
            watcher.setOnCancelHandler(() -> {});
            watcher.onNext(HealthCheckResponse.newBuilder()
                    .setStatusValue(SERVICE_UNKNOWN)
                    .build());
        }
    }
}

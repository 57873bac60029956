package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.platform.HostedServices;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.ArrayList;
import java.util.List;

/**
 * The gRPC services of this application as Quarkus' own server would serve them: each with the global interceptors and
 * its own, and reflection over all of them.
 */
@Dependent
class RpcServices {
    private final HostedServices hosted;
    private final Instance<CallLevelMethod<?, ?>> callLevelMethods;

    RpcServices(HostedServices hosted, @Any Instance<CallLevelMethod<?, ?>> callLevelMethods) {
        this.hosted = hosted;
        this.callLevelMethods = callLevelMethods;
    }

    ServiceCatalog catalog() {
        List<ServerServiceDefinition> plain = new ArrayList<>();
        List<ServerServiceDefinition> intercepted = new ArrayList<>();
        for (HostedServices.Service service : hosted.services()) {
            ServerServiceDefinition definition = withCallLevelMethods(service.definition());
            plain.add(ReflectedErrors.with(definition));
            intercepted.add(ServerInterceptors.intercept(definition, service.interceptors()));
        }
        for (HostedServices.Service reflection : hosted.reflection(plain)) {
            intercepted.add(ServerInterceptors.intercept(reflection.definition(), reflection.interceptors()));
        }
        return ServiceCatalog.of(intercepted);
    }

    private ServerServiceDefinition withCallLevelMethods(ServerServiceDefinition definition) {
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(definition.getServiceDescriptor());
        definition.getMethods().forEach(method -> builder.addMethod(atCallLevel(method)));
        return builder.build();
    }

    @SuppressWarnings("unchecked") // The same full name means the same method, and so the same messages.
    private <Q, A> ServerMethodDefinition<Q, A> atCallLevel(ServerMethodDefinition<Q, A> method) {
        String name = method.getMethodDescriptor().getFullMethodName();
        return callLevelMethods.stream()
                .filter(own -> own.method().getFullMethodName().equals(name))
                .findFirst()
                .map(own -> method.withServerCallHandler((CallLevelMethod<Q, A>) own))
                .orElse(method);
    }
}

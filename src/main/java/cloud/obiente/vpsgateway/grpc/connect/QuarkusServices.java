package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.quarkus.arc.ClientProxy;
import io.quarkus.arc.Subclass;
import io.quarkus.grpc.reflection.service.ReflectionServiceV1;
import io.quarkus.grpc.reflection.service.ReflectionServiceV1alpha;
import io.quarkus.grpc.runtime.GrpcContainer;
import io.quarkus.grpc.runtime.ServerInterceptorStorage;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Prioritized;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The gRPC services of this application as Quarkus' own server would serve them: each with the global interceptors and
 * its own, and reflection over all of them.
 */
@Dependent
class QuarkusServices {
    private final GrpcContainer container;
    private final ServerInterceptorStorage storage;
    private final Instance<ServerInterceptor> interceptors;
    private final Instance<CallLevelMethod<?, ?>> callLevelMethods;

    QuarkusServices(
            GrpcContainer container,
            ServerInterceptorStorage storage,
            @Any Instance<ServerInterceptor> interceptors,
            @Any Instance<CallLevelMethod<?, ?>> callLevelMethods) {
        this.container = container;
        this.storage = storage;
        this.interceptors = interceptors;
        this.callLevelMethods = callLevelMethods;
    }

    ServiceCatalog catalog() {
        List<ServerServiceDefinition> plain = new ArrayList<>();
        List<ServerServiceDefinition> intercepted = new ArrayList<>();
        for (BindableService service : container.getServices()) {
            ServerServiceDefinition definition = withCallLevelMethods(service.bindService());
            plain.add(ReflectedErrors.with(definition));
            intercepted.add(intercept(definition, storage.getInterceptors(className(service))));
        }
        for (BindableService reflection :
                List.of(new ReflectionServiceV1(plain), new ReflectionServiceV1alpha(plain))) {
            intercepted.add(intercept(reflection.bindService(), Set.of()));
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

    private ServerServiceDefinition intercept(ServerServiceDefinition definition, Set<Class<?>> own) {
        // The last interceptor of the list is called first, so the highest priority is the outermost.
        List<ServerInterceptor> sorted = Stream.concat(storage.getGlobalInterceptors().stream(), own.stream())
                .map(type -> (ServerInterceptor) interceptors
                        .select(type.asSubclass(ServerInterceptor.class))
                        .get())
                .sorted(Comparator.comparingInt(QuarkusServices::priority))
                .toList();
        return ServerInterceptors.intercept(definition, sorted);
    }

    private static int priority(ServerInterceptor interceptor) {
        return interceptor instanceof Prioritized prioritized ? prioritized.getPriority() : 0;
    }

    private static String className(BindableService service) {
        Class<?> type = ClientProxy.unwrap(service).getClass();
        return (Subclass.class.isAssignableFrom(type) ? type.getSuperclass() : type).getName();
    }
}

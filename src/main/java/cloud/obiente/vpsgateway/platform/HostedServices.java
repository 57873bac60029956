package cloud.obiente.vpsgateway.platform;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
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
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The gRPC services of this application, and the interceptors that Quarkus' own server would call for each. */
@Dependent
public class HostedServices {
    private final GrpcContainer container;
    private final ServerInterceptorStorage storage;
    private final Instance<ServerInterceptor> interceptors;

    HostedServices(
            GrpcContainer container, ServerInterceptorStorage storage, @Any Instance<ServerInterceptor> interceptors) {
        this.container = container;
        this.storage = storage;
        this.interceptors = interceptors;
    }

    /**
     * A service as it was written.
     *
     * @param interceptors the last is called first, as {@link io.grpc.ServerInterceptors#intercept} has it
     */
    public record Service(ServerServiceDefinition definition, List<ServerInterceptor> interceptors) {
        public Service {
            interceptors = List.copyOf(interceptors);
        }
    }

    public List<Service> services() {
        return container.getServices().stream()
                .map(service -> new Service(service.bindService(), sorted(storage.getInterceptors(className(service)))))
                .toList();
    }

    /** Reflection, in both of its versions, over these services. */
    public List<Service> reflection(List<ServerServiceDefinition> services) {
        return Stream.of(new ReflectionServiceV1(services), new ReflectionServiceV1alpha(services))
                .map(service -> new Service(service.bindService(), sorted(Set.of())))
                .toList();
    }

    /** The global ones and a service's own: the highest priority is the outermost. */
    private List<ServerInterceptor> sorted(Set<Class<?>> own) {
        return Stream.concat(storage.getGlobalInterceptors().stream(), own.stream())
                .map(type -> (ServerInterceptor) interceptors
                        .select(type.asSubclass(ServerInterceptor.class))
                        .get())
                .sorted(Comparator.comparingInt(HostedServices::priority))
                .toList();
    }

    private static int priority(ServerInterceptor interceptor) {
        return interceptor instanceof Prioritized prioritized ? prioritized.getPriority() : 0;
    }

    private static String className(BindableService service) {
        Class<?> type = ClientProxy.unwrap(service).getClass();
        return (Subclass.class.isAssignableFrom(type) ? type.getSuperclass() : type).getName();
    }
}

package cloud.obiente.vpsgateway.grpc.connect;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TypeRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The methods that can be called, by full name, and the message types that JSON may mention. Immutable. */
public final class ServiceCatalog {
    private final Map<String, ServerMethodDefinition<?, ?>> methods;
    private final Set<String> services;
    private final TypeRegistry types;

    private ServiceCatalog(
            Map<String, ServerMethodDefinition<?, ?>> methods, Set<String> services, TypeRegistry types) {
        this.methods = Map.copyOf(methods);
        this.services = Set.copyOf(services);
        this.types = types;
    }

    /** Interceptors have to be part of the definitions already. */
    public static ServiceCatalog of(Collection<ServerServiceDefinition> definitions) {
        Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
        Set<String> services = new HashSet<>();
        Set<FileDescriptor> files = new HashSet<>();
        for (ServerServiceDefinition definition : definitions) {
            services.add(definition.getServiceDescriptor().getName());
            definition
                    .getMethods()
                    .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
            if (definition.getServiceDescriptor().getSchemaDescriptor() instanceof ProtoFileDescriptorSupplier schema) {
                collect(schema.getFileDescriptor(), files);
            }
        }
        TypeRegistry.Builder types = TypeRegistry.newBuilder();
        files.forEach(file -> types.add(file.getMessageTypes()));
        return new ServiceCatalog(methods, services, types.build());
    }

    private static void collect(FileDescriptor file, Set<FileDescriptor> files) {
        if (files.add(file)) {
            file.getDependencies().forEach(dependency -> collect(dependency, files));
        }
    }

    /** @param fullName such as {@code package.Service/Method} */
    public Optional<ServerMethodDefinition<?, ?>> method(String fullName) {
        return Optional.ofNullable(methods.get(fullName));
    }

    public boolean hasService(String name) {
        return services.contains(name);
    }

    TypeRegistry types() {
        return types;
    }
}

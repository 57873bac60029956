package cloud.obiente.vpsgateway.grpc.connect;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.ErrorDetailsProto;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import java.util.ArrayList;
import java.util.List;

/**
 * A service as reflection is to see it: with the messages that the details of its errors consist of (google.rpc.ErrorInfo
 * and others). Reflection knows the files that a service's own file imports, and errors are in no contract.
 */
final class ReflectedErrors {
    private ReflectedErrors() {}

    static ServerServiceDefinition with(ServerServiceDefinition served) {
        ServiceDescriptor descriptor = served.getServiceDescriptor();
        if (!(descriptor.getSchemaDescriptor() instanceof ProtoFileDescriptorSupplier schema)) {
            return served;
        }
        FileDescriptor file = withErrorDetails(schema.getFileDescriptor());
        ServiceDescriptor.Builder seen = ServiceDescriptor.newBuilder(descriptor.getName())
                .setSchemaDescriptor((ProtoFileDescriptorSupplier) () -> file);
        descriptor.getMethods().forEach(seen::addMethod);
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(seen.build());
        served.getMethods().forEach(definition::addMethod);
        return definition.build();
    }

    private static FileDescriptor withErrorDetails(FileDescriptor file) {
        FileDescriptor details = ErrorDetailsProto.getDescriptor();
        if (file.getDependencies().contains(details)) {
            return file;
        }
        FileDescriptorProto extended =
                file.toProto().toBuilder().addDependency(details.getName()).build();
        List<FileDescriptor> dependencies = new ArrayList<>(file.getDependencies());
        dependencies.add(details);
        try {
            return FileDescriptor.buildFrom(extended, dependencies.toArray(FileDescriptor[]::new));
        } catch (DescriptorValidationException impossible) {
            throw new IllegalStateException("an import makes no valid file invalid", impossible);
        }
    }
}

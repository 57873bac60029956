package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.MethodDescriptor;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The methods that only tell, and so may be asked by GET. Said here because the contract, which is frozen, does not. */
public final class ReadOnlyMethods {
    /** Full names, {@code package.Service/Method}. */
    public static final Set<String> NAMES = Stream.of(
                    VPSGatewayServiceGrpc.getListIPsMethod(),
                    VPSGatewayServiceGrpc.getGetGatewayInfoMethod(),
                    VPSGatewayServiceGrpc.getGetLeasesMethod(),
                    VPSGatewayServiceGrpc.getGetOrgLeasesMethod())
            .map(MethodDescriptor::getFullMethodName)
            .collect(Collectors.toUnmodifiableSet());

    private ReadOnlyMethods() {}
}

package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.Set;

/**
 * What an operator can choose about the wire.
 *
 * @param maxMessageBytes largest request message accepted, both as it arrives and after decompression
 * @param allowedOrigins origins whose web pages may call (scheme, host and port as browsers send them); empty: none
 * @param safeMethods full names ({@code package.Service/Method}) of unary methods that change nothing, though their
 *     schema does not say so; GET is allowed for them
 * @param serviceLimits largest request message, in bytes, of services that need less than the others, by their full names
 */
public record RpcSettings(
        int maxMessageBytes, Set<String> allowedOrigins, Set<String> safeMethods, Map<String, Integer> serviceLimits) {
    /** The limit that gRPC libraries use, in bytes. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 4 << 20;

    /** @throws IllegalArgumentException when the limit is not positive */
    public RpcSettings {
        if (maxMessageBytes <= 0) {
            throw new IllegalArgumentException("'" + maxMessageBytes + "' is not a size limit (expected: 1 or more)");
        }
        allowedOrigins = Set.copyOf(allowedOrigins);
        safeMethods = Set.copyOf(safeMethods);
        serviceLimits = Map.copyOf(serviceLimits);
    }

    /** One limit for all services. */
    public RpcSettings(int maxMessageBytes, Set<String> allowedOrigins, Set<String> safeMethods) {
        this(maxMessageBytes, allowedOrigins, safeMethods, Map.of());
    }

    /** Messages up to 4 MiB, no calls from web pages of other origins, GET for what the schema declares. */
    public static RpcSettings defaults() {
        return new RpcSettings(DEFAULT_MAX_MESSAGE_BYTES, Set.of(), Set.of());
    }

    /** Largest request message of the method's service, in bytes. */
    int maxMessageBytes(MethodDescriptor<?, ?> method) {
        return Math.min(maxMessageBytes, serviceLimits.getOrDefault(method.getServiceName(), maxMessageBytes));
    }
}

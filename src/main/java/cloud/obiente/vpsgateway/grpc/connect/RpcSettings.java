package cloud.obiente.vpsgateway.grpc.connect;

import java.util.Set;

/**
 * What an operator can choose about the wire.
 *
 * @param maxMessageBytes largest request message accepted, both as it arrives and after decompression
 * @param allowedOrigins origins whose web pages may call (scheme, host and port as browsers send them); empty: none
 * @param safeMethods full names ({@code package.Service/Method}) of unary methods that change nothing, though their
 *     schema does not say so; GET is allowed for them
 */
public record RpcSettings(int maxMessageBytes, Set<String> allowedOrigins, Set<String> safeMethods) {
    /** The limit that gRPC libraries use, in bytes. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 4 << 20;

    /** @throws IllegalArgumentException when the limit is not positive */
    public RpcSettings {
        if (maxMessageBytes <= 0) {
            throw new IllegalArgumentException("'" + maxMessageBytes + "' is not a size limit (expected: 1 or more)");
        }
        allowedOrigins = Set.copyOf(allowedOrigins);
        safeMethods = Set.copyOf(safeMethods);
    }

    /** Messages up to 4 MiB, no calls from web pages of other origins, GET for what the schema declares. */
    public static RpcSettings defaults() {
        return new RpcSettings(DEFAULT_MAX_MESSAGE_BYTES, Set.of(), Set.of());
    }
}

package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.app.config.ListenEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * Whether our TCP ports are free. Quarkus opens them last and fails with a stack trace; checked before, the operator gets a
 * sentence, and no DHCP server has run meanwhile. Stateless.
 */
public final class PortAvailability {
    private PortAvailability() {}

    /** Why nobody can listen there now; empty when somebody can. */
    public static Optional<String> fault(ListenEndpoint endpoint) {
        try (ServerSocket trial = new ServerSocket()) {
            InetAddress host = InetAddress.getByAddress(endpoint.host().octets());
            trial.bind(new InetSocketAddress(host, endpoint.port()));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("cannot listen on " + endpoint + ": " + e.getMessage());
        }
    }
}

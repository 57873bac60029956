package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.ListenEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Whether our ports are free. Quarkus opens them last and fails with a stack trace; checked before, the operator gets a
 * sentence, and no DHCP server has run meanwhile. Stateless.
 */
final class PortAvailability {
    private PortAvailability() {}

    /** @throws StartFailedException when nobody can listen there now; names the variable to change */
    static void requireFree(ListenEndpoint endpoint, String variable) {
        try (ServerSocket trial = new ServerSocket()) {
            InetAddress host = InetAddress.getByAddress(endpoint.host().octets());
            trial.bind(new InetSocketAddress(host, endpoint.port()));
        } catch (IOException e) {
            throw new StartFailedException("cannot listen on " + endpoint + ": " + e.getMessage()
                    + " (stop the program that does, or change " + variable + ")");
        }
    }
}

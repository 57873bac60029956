package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.Ipv4Address;

/**
 * Where a server listens.
 *
 * @param host 0.0.0.0 for all addresses
 * @param port 1 to 65535
 */
public record ListenEndpoint(Ipv4Address host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}

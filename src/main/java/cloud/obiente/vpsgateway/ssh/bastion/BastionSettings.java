package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What an operator can choose about the bastion.
 *
 * @param host address to listen on
 * @param port to listen on
 * @param authorizedKeys file of those who may log in
 * @param hostKey file of the host key; empty: one of our own, in the state directory
 * @param limits how much at once
 * @param loginGrace how long a connection may take to log in
 * @param banTime how long an address rests after failed logins; zero: not at all
 */
public record BastionSettings(
        Ipv4Address host,
        int port,
        Path authorizedKeys,
        Optional<Path> hostKey,
        Limits limits,
        Duration loginGrace,
        Duration banTime) {

    /**
     * How much at once.
     *
     * @param connections logged in or not
     * @param unauthenticated connections that have not logged in
     * @param unauthenticatedPerSource of them, those of one address
     */
    public record Limits(int connections, int unauthenticated, int unauthenticatedPerSource) {}
}

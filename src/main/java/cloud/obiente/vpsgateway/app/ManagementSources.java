package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who may reach the management port: this host always; others as configured, or else from private networks other than the
 * VPSs' own. What is told there names every organization and VPS of this node, and a VPS belongs to somebody we do not know.
 * Immutable.
 */
final class ManagementSources implements Predicate<InetAddress> {
    /** RFC 1918, RFC 6598, RFC 3927. */
    private static final List<Subnet> PRIVATE = List.of(
            network("10.0.0.0", 8),
            network("172.16.0.0", 12),
            network("192.168.0.0", 16),
            network("100.64.0.0", 10),
            network("169.254.0.0", 16));

    private final Optional<List<Subnet>> allowed;
    private final Subnet vpss;
    private final Predicate<InetAddress> own;

    /**
     * @param allowed as configured; empty: private networks, without that of the VPSs
     * @param vpss their network
     * @param own whether an address is this host's
     */
    ManagementSources(Optional<List<Subnet>> allowed, Subnet vpss, Predicate<InetAddress> own) {
        this.allowed = allowed;
        this.vpss = vpss;
        this.own = own;
    }

    @Override
    public boolean test(InetAddress peer) {
        if (own.test(peer)) {
            return true;
        }
        if (!(peer instanceof Inet4Address)) {
            return false;
        }
        Ipv4Address address = new Ipv4Address(ByteBuffer.wrap(peer.getAddress()).getInt());
        return allowed.map(networks -> isIn(networks, address))
                .orElseGet(() -> isIn(PRIVATE, address) && !vpss.contains(address));
    }

    private static boolean isIn(List<Subnet> networks, Ipv4Address address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    private static Subnet network(String address, int prefix) {
        return new Subnet(Ipv4Address.parse(address), prefix);
    }
}

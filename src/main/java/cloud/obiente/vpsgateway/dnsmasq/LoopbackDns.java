package cloud.obiente.vpsgateway.dnsmasq;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.jboss.logging.Logger;

/**
 * Our DNS for programs of this host, on the loopback address, where nobody else can reach it. Another resolver that has
 * that place keeps it: VPSs must not be without DHCP because of a convenience. Stateless.
 */
final class LoopbackDns {
    static final String ADDRESS = "127.0.0.1";
    private static final Logger LOG = Logger.getLogger(LoopbackDns.class);

    private LoopbackDns() {}

    /** Whether dnsmasq can have the port on loopback, as far as can be seen before it tries; says so where it cannot. */
    static boolean isFree(int port) {
        try (DatagramSocket udp = new DatagramSocket(null);
                ServerSocket tcp = new ServerSocket()) {
            InetSocketAddress place = new InetSocketAddress(loopback(), port);
            udp.bind(place);
            tcp.setReuseAddress(true);
            tcp.bind(place);
            return true;
        } catch (IOException taken) {
            LOG.warnf(
                    "programs of this host cannot ask %s:%d for the names of VPSs: %s (stop what listens there, or ask this"
                            + " gateway's own address)",
                    ADDRESS, port, taken.getMessage());
            return false;
        }
    }

    private static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}

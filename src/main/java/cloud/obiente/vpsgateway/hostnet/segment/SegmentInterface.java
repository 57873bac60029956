package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The interface on the segment, as it is at the moment of the question. Any thread.
 *
 * @param ownAddresses those that it has in the VPSs' subnet, the one to send from first; empty while it has none, or is
 *     not there
 */
public record SegmentInterface(InterfaceName name, Supplier<List<Ipv4Address>> ownAddresses) {

    /** Why nothing can be asked on it now; empty when it can. */
    Optional<String> fault() {
        try {
            NetworkInterface found = NetworkInterface.getByName(name.text());
            if (found == null) {
                return Optional.of("interface " + name + " does not exist");
            }
            if (!found.isUp()) {
                return Optional.of("interface " + name + " is down, or has no carrier");
            }
        } catch (SocketException vanished) {
            return Optional.of("interface " + name + " cannot be read: " + vanished.getMessage());
        }
        return ownAddresses.get().isEmpty()
                ? Optional.of("interface " + name + " has no address in the VPSs' subnet")
                : Optional.empty();
    }
}

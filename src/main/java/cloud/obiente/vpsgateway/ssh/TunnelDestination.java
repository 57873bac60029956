package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Optional;

/**
 * Where a tunnel leads.
 *
 * @param address allowed by the policy
 * @param port allowed by the policy
 * @param holder who holds the address here
 */
public record TunnelDestination(Ipv4Address address, int port, Optional<Allocation> holder) {

    /** As error messages name it: {@code 10.15.3.21:22}. */
    @Override
    public String toString() {
        return address + ":" + port;
    }
}

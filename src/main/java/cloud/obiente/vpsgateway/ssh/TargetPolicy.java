package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What may be dialed: the addresses of VPSs on the allowed ports, and nothing else, so that the gateway is never an open
 * relay. Any thread.
 */
public final class TargetPolicy {
    private static final Subnet THIS_NETWORK = Subnet.around(Ipv4Address.parse("0.0.0.0"), 8);
    private static final Subnet LOOPBACK = Subnet.around(Ipv4Address.parse("127.0.0.0"), 8);
    private static final Subnet LINK_LOCAL = Subnet.around(Ipv4Address.parse("169.254.0.0"), 16);
    /** Multicast, the reserved block above it, and the limited broadcast. */
    private static final Subnet MULTICAST_AND_ABOVE = Subnet.around(Ipv4Address.parse("224.0.0.0"), 3);

    private final Subnet subnet;
    private final Ipv4Address router;
    private final Supplier<Set<Ipv4Address>> ownAddresses;
    private final Supplier<IpamSnapshot> allocations;
    private final List<Subnet> allowedTargets;
    private final PortSet allowedPorts;

    /**
     * @param subnet the VPSs' network
     * @param router of that network
     * @param ownAddresses every address that this host has now
     * @param allocations who holds which address now
     */
    public TargetPolicy(
            Subnet subnet,
            Ipv4Address router,
            Supplier<Set<Ipv4Address>> ownAddresses,
            Supplier<IpamSnapshot> allocations,
            List<Subnet> allowedTargets,
            PortSet allowedPorts) {
        this.subnet = subnet;
        this.router = router;
        this.ownAddresses = ownAddresses;
        this.allocations = allocations;
        this.allowedTargets = List.copyOf(allowedTargets);
        this.allowedPorts = allowedPorts;
    }

    /** Why this must not be dialed; empty when it may be. */
    public Optional<String> objection(Ipv4Address address, int port) {
        if (!allowedPorts.contains(port)) {
            return Optional.of("port " + port + " is not among the allowed ones, " + allowedPorts
                    + " (GATEWAY_SSH_ALLOWED_PORTS)");
        }
        if (THIS_NETWORK.contains(address) || MULTICAST_AND_ABOVE.contains(address)) {
            return Optional.of(address + " is not the address of a host");
        }
        if (allowedTargets.stream().anyMatch(network -> network.contains(address))) {
            return Optional.empty();
        }
        return objection(address);
    }

    private Optional<String> objection(Ipv4Address address) {
        if (LOOPBACK.contains(address) || LINK_LOCAL.contains(address)) {
            return Optional.of(address + " is a loopback or link-local address");
        }
        if (ownAddresses.get().contains(address)) {
            return Optional.of(address + " is an address of the gateway's own host");
        }
        if (address.equals(router)) {
            return Optional.of(address + " is the router");
        }
        boolean allowed = subnet.hosts().contains(address)
                || allocations.get().at(address).isPresent();
        return allowed
                ? Optional.empty()
                : Optional.of(address + " is neither allocated on this gateway nor a host of " + subnet);
    }
}

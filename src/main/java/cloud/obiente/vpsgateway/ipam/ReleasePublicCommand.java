package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/**
 * Ends the public allocation of an address, if it has all the given features.
 *
 * @param vps empty means whoever holds it
 * @param mac empty means whichever card it is for
 */
public record ReleasePublicCommand(Ipv4Address address, Optional<VpsId> vps, Optional<MacAddress> mac) {}

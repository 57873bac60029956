package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Optional;

/**
 * Takes the private address from a VPS.
 *
 * @param address only this one; empty means whichever it has
 */
public record ReleaseCommand(VpsId vps, Optional<Ipv4Address> address) {}

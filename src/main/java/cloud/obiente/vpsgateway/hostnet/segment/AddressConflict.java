package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * An address that somebody uses whose it is not.
 *
 * @param mac who answers ARP for it
 * @param holder whose it is; empty for one that nobody holds
 */
public record AddressConflict(Ipv4Address address, MacAddress mac, Optional<VpsId> holder) {

    /** For people: what, and what to do. */
    public String describe() {
        return holder.map(vps -> String.format(
                        Locale.ROOT,
                        "%s was given to %s, but %s answers for it (find that host, or give the VPS another address)",
                        address,
                        vps,
                        mac))
                .orElseGet(() -> String.format(
                        Locale.ROOT,
                        "%s is free here, but %s uses it; it is given last (find that host, or move the pool)",
                        address,
                        mac));
    }
}

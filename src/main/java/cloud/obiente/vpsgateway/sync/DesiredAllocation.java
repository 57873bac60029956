package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * One allocation as the API's database has it.
 *
 * @param organization unknown keeps what is known
 * @param mac empty keeps the binding
 */
public record DesiredAllocation(
        VpsId vps, OrganizationId organization, Ipv4Address address, Optional<MacAddress> mac, Allocation.Kind kind) {

    public boolean isPrivate() {
        return kind == Allocation.Kind.PRIVATE;
    }

    /** The same for another MAC; empty keeps the binding. */
    DesiredAllocation withMac(Optional<MacAddress> other) {
        return new DesiredAllocation(vps, organization, address, other, kind);
    }

    /** What the VPS holds of that kind: its private address, whichever it is, or this public one. */
    Optional<Allocation> heldIn(IpamSnapshot state) {
        return isPrivate() ? state.privateOf(vps) : state.at(address).filter(holding -> holding.isPublicOf(vps));
    }

    /** What the VPS has once this is honoured. */
    Allocation wanted(Optional<Allocation> held, Instant at) {
        return held.map(allocation -> allocation.moved(organization, address, mac, at))
                .orElseGet(() -> new Allocation(vps, organization, address, mac, at, kind));
    }

    boolean isFulfilledIn(IpamSnapshot state) {
        Optional<Allocation> held = heldIn(state);
        return held.equals(Optional.of(wanted(held, Instant.EPOCH)));
    }

    /** Whether this names exactly that address of that VPS, whatever it says of the MAC. */
    boolean names(Allocation held) {
        return kind == held.kind() && address.equals(held.address()) && vps.equals(held.vps());
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * One address held by one VPS until it is released.
 *
 * @param vps the holder
 * @param organization the holder's organization
 * @param address the address; it has no other holder
 * @param mac the NIC that gets the address; empty while the API has not named one
 * @param allocatedAt since when the VPS holds this address, in whole milliseconds
 * @param kind where the address comes from
 */
public record Allocation(
        VpsId vps,
        OrganizationId organization,
        Ipv4Address address,
        Optional<MacAddress> mac,
        Instant allocatedAt,
        Kind kind) {

    /** Where an address comes from. */
    public enum Kind {
        /** From the pool, given by DHCP; a VPS has at most one, and so has a MAC. */
        PRIVATE,
        /** Routed from outside, pinned by the kernel; a VPS may have many. */
        PUBLIC
    }

    public boolean isPrivate() {
        return kind == Kind.PRIVATE;
    }

    /** Whether this is a public address, and that VPS its holder. */
    public boolean isPublicOf(VpsId other) {
        return !isPrivate() && vps.equals(other);
    }

    /** The same holding with what a caller said anew; what the caller left out stays. */
    public Allocation updated(OrganizationId newOrganization, Optional<MacAddress> newMac) {
        return new Allocation(vps, newOrganization.or(organization), address, newMac.or(() -> mac), allocatedAt, kind);
    }

    /** The same as {@link #updated}, on another address, held since {@code at}; unchanged where the address is the same. */
    public Allocation moved(
            OrganizationId newOrganization, Ipv4Address newAddress, Optional<MacAddress> newMac, Instant at) {
        Allocation updated = updated(newOrganization, newMac);
        return address.equals(newAddress)
                ? updated
                : new Allocation(vps, updated.organization, newAddress, updated.mac, at, kind);
    }
}

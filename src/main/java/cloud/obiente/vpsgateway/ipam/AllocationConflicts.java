package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/** Why a VPS may not have an address or a MAC as things stand. */
public record AllocationConflicts(IpamSnapshot state, VpsId vps) {

    /**
     * An address that the VPS has already is not handed out again: then the pool, which may have moved, has no say. A lease
     * that waits for the API's word keeps its address from all others.
     *
     * @param mac that the VPS is to have there
     */
    public Optional<Refusal> forAddress(Ipv4Address address, Optional<MacAddress> mac) {
        Optional<Allocation> holding = state.at(address);
        if (holding.filter(this::isOurs).isPresent()) {
            return Optional.empty();
        }
        return toHandingOut(address, state.pool())
                .or(() -> holding.map(Refusal::addressTaken))
                .or(() -> state.unclaimedAt(address)
                        .filter(lease -> !mac.equals(Optional.of(lease.mac())))
                        .map(Refusal::addressLeased));
    }

    static Optional<Refusal> toHandingOut(Ipv4Address address, AddressPool pool) {
        if (pool.contains(address)) {
            return Optional.empty();
        }
        return Optional.of(
                pool.range().contains(address) ? Refusal.reserved(address) : Refusal.outsidePool(address, pool));
    }

    /** A public address that the VPS has already may stay, wherever the pool has been moved since. */
    public Optional<Refusal> forPublicAddress(Ipv4Address address) {
        Optional<Allocation> holding = state.at(address);
        if (holding.filter(held -> held.isPublicOf(vps)).isPresent()) {
            return Optional.empty();
        }
        return Refusal.notPublic(address, state.pool()).or(() -> holding.map(Refusal::addressTaken));
    }

    public Optional<Refusal> forMac(MacAddress mac) {
        return state.ofMac(mac).filter(holding -> !isOurs(holding)).map(holding -> Refusal.macTaken(mac, holding));
    }

    private boolean isOurs(Allocation allocation) {
        return allocation.isPrivate() && allocation.vps().equals(vps);
    }
}

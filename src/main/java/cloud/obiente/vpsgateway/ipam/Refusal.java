package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.SpecialUse;
import java.util.Map;
import java.util.Optional;

/**
 * An expected "no".
 *
 * @param reason for programs
 * @param message for people: what, and what to do
 * @param details the values concerned, by the keys {@code vps}, {@code address}, {@code mac}, {@code holder}
 */
public record Refusal(RefusalReason reason, String message, Map<String, String> details) {
    public Refusal {
        details = Map.copyOf(details);
    }

    static Refusal of(RefusalReason reason, String message) {
        return new Refusal(reason, message, Map.of());
    }

    static Refusal notFound(VpsId vps, String message) {
        return new Refusal(RefusalReason.NOT_FOUND, message, Map.of("vps", vps.toString()));
    }

    static Refusal addressTaken(Allocation holding) {
        String kind = holding.isPrivate() ? "" : " as a public address";
        return new Refusal(
                RefusalReason.ADDRESS_TAKEN,
                holding.address() + " is held by " + holding.vps() + kind,
                Map.of(
                        "address", holding.address().toString(),
                        "holder", holding.vps().toString()));
    }

    static Refusal addressLeased(UnclaimedLease lease) {
        return new Refusal(
                RefusalReason.ADDRESS_TAKEN,
                lease.address() + " is leased to " + lease.mac()
                        + ", and the API has not said yet whose that is (choose another address, or name that MAC)",
                Map.of(
                        "address", lease.address().toString(),
                        "mac", lease.mac().toString()));
    }

    static Refusal macTaken(MacAddress mac, Allocation holding) {
        return new Refusal(
                RefusalReason.MAC_TAKEN,
                mac + " belongs to " + holding.vps() + " with " + holding.address(),
                Map.of(
                        "mac", mac.toString(),
                        "holder", holding.vps().toString(),
                        "address", holding.address().toString()));
    }

    static Refusal outsidePool(Ipv4Address address, AddressPool pool) {
        return new Refusal(
                RefusalReason.OUTSIDE_POOL,
                address + " is outside the pool (expected: " + pool.range() + ")",
                Map.of("address", address.toString()));
    }

    /** Why this address can be nobody's public one; empty when it can. */
    static Optional<Refusal> notPublic(Ipv4Address address, AddressPool pool) {
        Optional<String> why = SpecialUse.of(address).map(SpecialUse::description);
        if (pool.range().contains(address)) {
            why = Optional.of("in the pool of private addresses, " + pool.range());
        } else if (pool.isReserved(address)) {
            why = Optional.of("the network's, the broadcast, the router's, the gateway's or a resolver's");
        }
        return why.map(reason -> new Refusal(
                RefusalReason.NOT_PUBLIC,
                address + " is " + reason + " (expected: an address that is routed to this node)",
                Map.of("address", address.toString())));
    }

    static Refusal reserved(Ipv4Address address) {
        return new Refusal(
                RefusalReason.ADDRESS_RESERVED,
                address + " is reserved (network, broadcast, router, gateway or resolver)",
                Map.of("address", address.toString()));
    }
}

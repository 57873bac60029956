package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * An address that this gateway has leased to a MAC in an earlier life of which the store remembers nothing. Whose it is, only
 * the API can say; until then the lease goes on and the address is nobody else's.
 *
 * @param since when it was found
 * @param deniedSince when the API first answered that it does not know the MAC
 */
public record UnclaimedLease(Ipv4Address address, MacAddress mac, Instant since, Optional<Instant> deniedSince) {

    /** The API has answered that it does not know the MAC; the first such answer counts. */
    public UnclaimedLease denied(Instant at) {
        return new UnclaimedLease(address, mac, since, Optional.of(deniedSince.orElse(at)));
    }
}

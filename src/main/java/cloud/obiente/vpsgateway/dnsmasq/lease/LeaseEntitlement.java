package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who may hold a lease of an address now. Asked on any thread; answers from an immutable view, without waiting. */
@FunctionalInterface
public interface LeaseEntitlement {
    /** @return empty when nobody may */
    Optional<MacAddress> at(Ipv4Address address);

    /** All live leases in hands that are not entitled to them. */
    default List<Lease> violations(LeaseSnapshot snapshot, Instant now) {
        return snapshot.live(now).stream().filter(this::isViolatedBy).toList();
    }

    /** Whether this client may not hold this address. */
    default boolean isViolatedBy(Lease lease) {
        return !at(lease.address()).equals(Optional.of(lease.mac()));
    }
}

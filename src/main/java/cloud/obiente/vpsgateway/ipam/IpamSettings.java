package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the allocations depend on.
 *
 * @param pool where private addresses come from
 * @param quarantine how long a released address rests; not negative
 * @param inUse whether somebody who was not given an address here is known to use it: such an address is chosen last. Asked
 *     on the writer thread, so it must answer at once
 * @param leasedTo the address that a MAC leases now, if any; asked on the writer thread as well
 * @param reclaimAfter for how long nobody must have seen a VPS use its address before that is given to another, when no
 *     other is free; empty: never
 * @param historyKept how long events are kept
 */
public record IpamSettings(
        AddressPool pool,
        Duration quarantine,
        Predicate<Ipv4Address> inUse,
        Function<MacAddress, Optional<Ipv4Address>> leasedTo,
        Optional<Duration> reclaimAfter,
        Duration historyKept) {
    private static final Duration A_YEAR = Duration.ofDays(365);

    /** @throws IllegalArgumentException when the quarantine is negative */
    public IpamSettings {
        if (quarantine.isNegative()) {
            throw new IllegalArgumentException("quarantine '" + quarantine + "' is negative (expected: ≥ 0)");
        }
    }

    /** No lease is known of; events are kept for a year. */
    public IpamSettings(AddressPool pool, Duration quarantine) {
        this(pool, quarantine, address -> false, mac -> Optional.empty(), Optional.empty(), A_YEAR);
    }
}

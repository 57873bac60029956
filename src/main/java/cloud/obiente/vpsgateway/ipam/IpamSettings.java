package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What the allocations depend on.
 *
 * @param pool where private addresses come from
 * @param quarantine how long a released address rests; not negative
 * @param usedByOther whether somebody other than that MAC, who does not hold the address, is known to use it: such an address is
 *     chosen last. Asked on the writer thread, so it must answer at once
 * @param leasedTo the address that a MAC leases now, if any; asked on the writer thread as well
 * @param reclaiming whose address is given to another when no other is free; empty: nobody's
 * @param historyKept how long events are kept
 */
public record IpamSettings(
        AddressPool pool,
        Duration quarantine,
        BiPredicate<Ipv4Address, Optional<MacAddress>> usedByOther,
        Function<MacAddress, Optional<Ipv4Address>> leasedTo,
        Optional<Reclaiming> reclaiming,
        Duration historyKept) {
    private static final Duration A_YEAR = Duration.ofDays(365);

    /** @throws IllegalArgumentException when the quarantine is negative */
    public IpamSettings {
        if (quarantine.isNegative()) {
            throw new IllegalArgumentException("quarantine '" + quarantine + "' is negative (expected: ≥ 0)");
        }
    }

    IpamSettings withPool(AddressPool other) {
        return new IpamSettings(other, quarantine, usedByOther, leasedTo, reclaiming, historyKept);
    }

    /** No lease is known of; events are kept for a year. */
    public IpamSettings(AddressPool pool, Duration quarantine) {
        this(pool, quarantine, (address, mac) -> false, mac -> Optional.empty(), Optional.empty(), A_YEAR);
    }
}

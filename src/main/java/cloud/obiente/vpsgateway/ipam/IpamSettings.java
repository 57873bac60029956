package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What the allocations depend on.
 *
 * @param pool where private addresses come from
 * @param quarantine how long a released address rests; not negative
 * @param inUse whether somebody who was not given an address here is known to use it: such an address is chosen last. Asked
 *     on the writer thread, so it must answer at once
 * @param historyKept how long events are kept
 */
public record IpamSettings(AddressPool pool, Duration quarantine, Predicate<Ipv4Address> inUse, Duration historyKept) {
    private static final Duration A_YEAR = Duration.ofDays(365);

    /** @throws IllegalArgumentException when the quarantine is negative */
    public IpamSettings {
        if (quarantine.isNegative()) {
            throw new IllegalArgumentException("quarantine '" + quarantine + "' is negative (expected: ≥ 0)");
        }
    }

    IpamSettings withPool(AddressPool other) {
        return new IpamSettings(other, quarantine, inUse, historyKept);
    }

    /** Nobody uses what was not given to him; events are kept for a year. */
    public IpamSettings(AddressPool pool, Duration quarantine) {
        this(pool, quarantine, address -> false, A_YEAR);
    }
}

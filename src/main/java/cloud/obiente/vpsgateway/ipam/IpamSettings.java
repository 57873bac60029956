package cloud.obiente.vpsgateway.ipam;

import java.time.Duration;

/**
 * What the allocations depend on.
 *
 * @param pool where private addresses come from
 * @param quarantine how long a released address rests; not negative
 */
public record IpamSettings(AddressPool pool, Duration quarantine) {

    /** @throws IllegalArgumentException when the quarantine is negative */
    public IpamSettings {
        if (quarantine.isNegative()) {
            throw new IllegalArgumentException("quarantine '" + quarantine + "' is negative (expected: ≥ 0)");
        }
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An address that was held once and is free now.
 *
 * @param sequence place in the queue for reuse, lowest first; unlike the time, it cannot be upset by a clock that is set back
 * @param vps who held it last; empty where an older version has not noted it down
 * @param mac the MAC that it was bound to
 * @param revision of the command that released it; zero where that was a list
 */
public record ReleasedAddress(
        Ipv4Address address,
        Instant releasedAt,
        long sequence,
        Optional<VpsId> vps,
        Optional<MacAddress> mac,
        long revision) {

    /** Of nobody who is remembered. */
    public ReleasedAddress(Ipv4Address address, Instant releasedAt, long sequence) {
        this(address, releasedAt, sequence, Optional.empty(), Optional.empty(), 0);
    }

    boolean isQuarantined(Duration quarantine, Instant now) {
        return Duration.between(releasedAt, now).compareTo(quarantine) < 0;
    }
}

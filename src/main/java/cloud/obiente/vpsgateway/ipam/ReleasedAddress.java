package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Duration;
import java.time.Instant;

/**
 * An address that was held once and is free now.
 *
 * @param turn place in the queue for reuse, lowest first; unlike the time, it cannot be upset by a clock that is set back
 */
public record ReleasedAddress(Ipv4Address address, Instant releasedAt, long turn) {
    boolean isQuarantined(Duration quarantine, Instant now) {
        return Duration.between(releasedAt, now).compareTo(quarantine) < 0;
    }
}

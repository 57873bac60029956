package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * In place of {@link ArpEvidence} where nobody may be asked: a VPS that was seen lately may only have lost its lease. One with a
 * fixed address is never seen this way.
 *
 * @param memory for how long, to within an hour, a sighting means that the VPS may still be there
 */
public record SightingEvidence(Supplier<IpamSnapshot> allocations, Duration memory, Clock clock)
        implements UsageEvidence {

    @Override
    public Usage of(Allocation held) {
        return allocations
                        .get()
                        .facts(held)
                        .seenAt()
                        .map(seen -> seen.plus(LastSeenRecorder.RESOLUTION).plus(memory))
                        .filter(clock.instant()::isBefore)
                        .isPresent()
                ? Usage.UNKNOWN
                : Usage.UNUSED;
    }
}

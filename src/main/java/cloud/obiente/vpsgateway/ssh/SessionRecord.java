package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered of one tunnel, or of the attempt to have one.
 *
 * @param began when it was asked for
 * @param caller who asked
 * @param target as it was asked for, fit for a log line
 * @param destination what it was; empty when the target was refused or not found
 * @param fingerprint of the end user's key; empty when none was given
 * @param bytesIn from the VPS
 * @param bytesOut to the VPS
 * @param duration from the question to the end
 * @param end why it ended
 */
public record SessionRecord(
        Instant began,
        Caller caller,
        String target,
        Optional<TunnelDestination> destination,
        Optional<String> fingerprint,
        long bytesIn,
        long bytesOut,
        Duration duration,
        String end) {
    private static final int MAX_TARGET_LENGTH = 253;

    /** Cuts a target that is too long to be one, and replaces what could forge a log line. */
    public SessionRecord {
        String cut = target.length() > MAX_TARGET_LENGTH ? target.substring(0, MAX_TARGET_LENGTH) : target;
        target = cut.replaceAll("\\p{C}|\\p{Zl}|\\p{Zp}", "?");
    }

    public Optional<Allocation> holder() {
        return destination.flatMap(TunnelDestination::holder);
    }

    @Override
    public String toString() {
        return "ssh session: caller='" + caller + "' target=" + target
                + destination.map(d -> " destination=" + d).orElse("")
                + holder().map(h -> " vpsId=" + h.vps() + " organizationId=" + h.organization())
                        .orElse("")
                + fingerprint.map(f -> " key=" + f).orElse("")
                + " bytesIn=" + bytesIn + " bytesOut=" + bytesOut + " duration=" + duration + " end='" + end + "'";
    }
}

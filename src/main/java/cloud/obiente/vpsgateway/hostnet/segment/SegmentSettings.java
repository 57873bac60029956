package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.time.Duration;
import java.util.Optional;

/**
 * What of the segment is watched.
 *
 * @param segment where
 * @param pool what this gateway gives away; told to other gateways
 * @param roundInterval at most so long after one round of questions the next begins; empty: nobody is ever asked
 * @param searchInterval between searches for DHCP servers; empty: none is made
 */
public record SegmentSettings(
        SegmentInterface segment,
        Ipv4Range pool,
        Optional<Duration> roundInterval,
        Optional<Duration> searchInterval) {}

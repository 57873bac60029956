package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import cloud.obiente.vpsgateway.net.Subnet;
import java.time.Duration;
import java.util.Optional;

/**
 * What of the segment is watched.
 *
 * @param segment where
 * @param subnet the VPSs' network
 * @param node the name of this host; told to other gateways, and so are pool and share
 * @param pool what this gateway gives away, or it and those that have the pool in common
 * @param share the part of it that this gateway chooses from; never empty
 * @param roundInterval at most so long after one round of questions the next begins; empty: nobody is ever asked
 * @param searchInterval between searches for DHCP servers; empty: none is made, and there are no beacons
 */
public record SegmentSettings(
        SegmentInterface segment,
        Subnet subnet,
        DnsLabel node,
        Ipv4Range pool,
        PoolShare share,
        Optional<Duration> roundInterval,
        Optional<Duration> searchInterval) {}

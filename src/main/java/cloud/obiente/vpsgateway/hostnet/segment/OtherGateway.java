package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Another gateway on the segment, as its beacon has it.
 *
 * @param address where the beacon came from
 * @param node the name that it gives its host
 * @param heard when its last beacon came
 * @param overlap the addresses that it and this gateway both choose from
 */
public record OtherGateway(
        Ipv4Address address,
        DnsLabel node,
        Ipv4Range pool,
        PoolShare share,
        Instant heard,
        Optional<Ipv4Range> overlap) {

    static OtherGateway of(GatewayBeacon beacon, Ipv4Address address, Ipv4Range ownPart, Instant heard) {
        return new OtherGateway(
                address,
                beacon.node(),
                beacon.pool(),
                beacon.share(),
                heard,
                beacon.part().intersection(ownPart));
    }

    /** Whether both say the same, whenever they were heard. */
    boolean saysTheSameAs(OtherGateway other) {
        return pool.equals(other.pool) && share.equals(other.share);
    }

    /** For people: who, from what it chooses, and what to do where that is wrong. */
    public String describe() {
        String part = share.isWhole() ? pool.toString() : "share " + share + " of " + pool;
        return String.format(Locale.ROOT, "%s at %s chooses addresses from %s", node, address, part)
                + overlap.map(both -> String.format(
                                Locale.ROOT,
                                ", and this one from %s as well: two VPSs can get the same address (give each gateway a"
                                        + " pool of its own, or a GATEWAY_DHCP_POOL_SHARE)",
                                both))
                        .orElse("");
    }
}

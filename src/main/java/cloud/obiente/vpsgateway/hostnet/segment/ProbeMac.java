package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Random;

/**
 * The MAC address in whose name a gateway looks for DHCP servers: locally administered, and recognised by every gateway as
 * nobody's, so that none asks the API whose it is. It tells, too, from which addresses the gateway chooses: 24 bits of prefix,
 * 12 of the pool's (or share's) digest, 12 of chance. So it is noticed also where only DHCP passes, and no beacon. Equal pools have equal digests; different ones differ in 4,095 of 4,096 cases.
 */
final class ProbeMac {
    private static final long PREFIX = 0x0a_76_70L;
    private static final int PREFIX_SHIFT = 24;
    private static final int POOL_SHIFT = 12;
    private static final long TWELVE_BITS = 0xfff;

    private ProbeMac() {}

    static MacAddress of(Ipv4Range pool, Random random) {
        return new MacAddress(
                PREFIX << PREFIX_SHIFT | digest(pool) << POOL_SHIFT | random.nextInt((int) TWELVE_BITS + 1));
    }

    /** Whether a gateway asks in that name, this one or another. */
    static boolean isProbe(MacAddress mac) {
        return mac.bits() >>> PREFIX_SHIFT == PREFIX;
    }

    /** Whether both are probes of gateways with the same pool. */
    static boolean samePool(MacAddress one, MacAddress other) {
        return one.bits() >>> POOL_SHIFT == other.bits() >>> POOL_SHIFT;
    }

    /** Whether gateways that choose from these addresses would be taken to have the same pool. */
    static boolean sameDigest(Ipv4Range one, Ipv4Range other) {
        return digest(one) == digest(other);
    }

    private static long digest(Ipv4Range pool) {
        long mixed = (pool.first().bits() & 0xffff_ffffL) << 32 | pool.last().bits() & 0xffff_ffffL;
        // SplitMix64's finalizer (Steele, Lea, Flood 2014): neighbouring pools get unlike digests.
        mixed = (mixed ^ mixed >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d0_49bb_1331_11ebL;
        return (mixed ^ mixed >>> 31) & TWELVE_BITS;
    }
}

package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a gateway tells the others on the segment, in one datagram. Anybody there can read it and forge it, so nothing in it
 * is secret, and what is read from one is a claim.
 *
 * @param instance of the running gateway, by chance: by it a gateway knows its own beacon
 * @param node the name of its host
 * @param pool its pool, of at most 65,536 addresses
 * @param share the part of the pool that it chooses from; never empty
 */
record GatewayBeacon(long instance, DnsLabel node, Ipv4Range pool, PoolShare share) {
    static final int MAX_LENGTH = 512;

    private static final int MAGIC = 0x5650_4757;
    private static final byte VERSION = 1;
    private static final long MAX_POOL_SIZE = 65_536;

    /** @throws IllegalArgumentException when the pool is too large, or has no such part */
    GatewayBeacon {
        if (pool.size() > MAX_POOL_SIZE || share.of(pool).isEmpty()) {
            throw new IllegalArgumentException("'" + share + "' of " + pool + " is no part of a pool");
        }
    }

    /** The addresses that the gateway chooses from. */
    Ipv4Range part() {
        return share.of(pool).orElseThrow();
    }

    /** Network byte order; later versions may append. */
    ByteBuffer encode() {
        byte[] name = node.text().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(MAX_LENGTH)
                .putInt(MAGIC)
                .put(VERSION)
                .putLong(instance)
                .putInt(pool.first().bits())
                .putInt(pool.last().bits())
                .putInt(share.part())
                .putInt(share.parts())
                .put((byte) name.length)
                .put(name)
                .flip();
    }

    /** The beacon in a datagram; empty when it is anything else, or says what no gateway can have. */
    static Optional<GatewayBeacon> parse(ByteBuffer datagram) {
        try {
            if (datagram.getInt() != MAGIC || datagram.get() != VERSION) {
                return Optional.empty();
            }
            long instance = datagram.getLong();
            Ipv4Range pool = new Ipv4Range(new Ipv4Address(datagram.getInt()), new Ipv4Address(datagram.getInt()));
            PoolShare share = new PoolShare(datagram.getInt(), datagram.getInt());
            byte[] name = new byte[datagram.get() & 0xff];
            datagram.get(name);
            return Optional.of(new GatewayBeacon(
                    instance, DnsLabel.parse(new String(name, StandardCharsets.ISO_8859_1)), pool, share));
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}

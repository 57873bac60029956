package cloud.obiente.vpsgateway.attack;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An IPv4 packet (RFC 791). */
final class Ipv4Packet {
    static final int ICMP = 1;
    static final int IGMP = 2;
    static final int TCP = 6;
    static final int UDP = 17;
    /** For experiments (RFC 3692). */
    static final int NOBODYS = 253;

    /** Of each datagram another: a fragment that waits for its rest must not be completed by that of a later attack. */
    private static final AtomicInteger IDENTIFICATIONS = new AtomicInteger();

    private static final int MORE_FRAGMENTS = 1 << 13;

    private final Ipv4Address source;
    private final Ipv4Address destination;
    private final int protocol;
    private final int ttl;
    private final int identification;
    private final byte[] options;
    private final byte[] payload;
    private final int offset;
    private final boolean more;

    /**
     * @param identification of the datagram, the same in all its fragments
     * @param offset of the payload in the whole datagram, in octets, a multiple of 8
     * @param more whether this is not the last fragment
     */
    Ipv4Packet(
            Ipv4Address source,
            Ipv4Address destination,
            int protocol,
            int ttl,
            int identification,
            byte[] options,
            byte[] payload,
            int offset,
            boolean more) {
        this.source = source;
        this.destination = destination;
        this.protocol = protocol;
        this.ttl = ttl;
        this.identification = identification;
        this.options = options;
        this.payload = payload;
        this.offset = offset;
        this.more = more;
    }

    static Ipv4Packet of(Ipv4Address source, Ipv4Address destination, int protocol, byte[] payload) {
        return new Ipv4Packet(
                source,
                destination,
                protocol,
                64,
                IDENTIFICATIONS.incrementAndGet() & 0xffff,
                new byte[0],
                payload,
                0,
                false);
    }

    static Ipv4Packet udp(Ipv4Address source, int from, Ipv4Address destination, int to, byte[] data) {
        byte[] segment = new Octets()
                .u16(from)
                .u16(to)
                .u16(8 + data.length)
                .u16(0)
                .add(data)
                .toArray();
        // The checksum stays zero, "none" (RFC 768).
        return of(source, destination, UDP, segment);
    }

    /** A SYN that brings data along. */
    static Ipv4Packet syn(Ipv4Address source, Ipv4Address destination, int to, byte[] data) {
        byte[] pseudoHeader = new Octets()
                .add(source)
                .add(destination)
                .u16(TCP)
                .u16(20 + data.length)
                .toArray();
        byte[] segment = new Octets()
                .u16(33000)
                .u16(to)
                .u32(1)
                .u32(0)
                .u16(5 << 12 | 2)
                .u16(65535)
                .u32(0)
                .add(data)
                .toArray();
        byte[] both = new Octets().add(pseudoHeader).add(segment).toArray();
        byte[] sealed = Octets.withChecksum(both, pseudoHeader.length + 16);
        return of(source, destination, TCP, Arrays.copyOfRange(sealed, pseudoHeader.length, sealed.length));
    }

    /** An ICMP message (RFC 792); {@code rest} is the word behind the checksum. */
    static Ipv4Packet icmp(Ipv4Address source, Ipv4Address destination, int type, int code, int rest, byte[] data) {
        byte[] message =
                new Octets().u8(type).u8(code).u16(0).u32(rest).add(data).toArray();
        return of(source, destination, ICMP, Octets.withChecksum(message, 2));
    }

    Ipv4Packet withTtl(int other) {
        return new Ipv4Packet(source, destination, protocol, other, identification, options, payload, offset, more);
    }

    /** The length of the options must be a multiple of 4. */
    Ipv4Packet withOptions(byte[] other) {
        return new Ipv4Packet(source, destination, protocol, ttl, identification, other, payload, offset, more);
    }

    /** This packet in two: the first with so many octets of the payload, a multiple of 8, and the rest. */
    List<Ipv4Packet> splitAt(int octets) {
        return List.of(
                new Ipv4Packet(
                        source,
                        destination,
                        protocol,
                        ttl,
                        identification,
                        options,
                        Arrays.copyOf(payload, octets),
                        offset,
                        true),
                new Ipv4Packet(
                        source,
                        destination,
                        protocol,
                        ttl,
                        identification,
                        options,
                        Arrays.copyOfRange(payload, octets, payload.length),
                        offset + octets,
                        more));
    }

    byte[] octets() {
        int headerWords = 5 + options.length / 4;
        byte[] header = new Octets()
                .u8(4 << 4 | headerWords)
                .u8(0)
                .u16(headerWords * 4 + payload.length)
                .u16(identification)
                .u16((more ? MORE_FRAGMENTS : 0) | offset / 8)
                .u8(ttl)
                .u8(protocol)
                .u16(0)
                .add(source)
                .add(destination)
                .add(options)
                .toArray();
        return new Octets().add(Octets.withChecksum(header, 10)).add(payload).toArray();
    }

    Frame in(MacAddress source, byte[] destination) {
        return Frame.carrying(Frame.IPV4, octets(), source, destination);
    }

    int offset() {
        return offset;
    }

    boolean more() {
        return more;
    }

    byte[] payload() {
        return payload;
    }
}

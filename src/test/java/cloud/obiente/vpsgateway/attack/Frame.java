package cloud.obiente.vpsgateway.attack;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.HexFormat;

/** An Ethernet frame without its check sequence. */
final class Frame {
    static final byte[] BROADCAST = HexFormat.of().parseHex("ffffffffffff");
    /** Where 224.0.0.1, all hosts, goes to (RFC 1112, section 6.4). */
    static final byte[] ALL_HOSTS = HexFormat.of().parseHex("01005e000001");

    static final int IPV4 = 0x0800;
    static final int ARP = 0x0806;
    /** A customer's tag, and a provider's around it (IEEE 802.1Q). */
    static final int C_TAG = 0x8100;

    static final int S_TAG = 0x88a8;

    private final byte[] destination;
    private final byte[] source;
    private final byte[] rest;

    /**
     * @param rest everything behind the two MACs, from the EtherType on
     */
    Frame(byte[] destination, byte[] source, byte[] rest) {
        this.destination = destination;
        this.source = source;
        this.rest = rest;
    }

    static Frame carrying(int etherType, byte[] payload, MacAddress source, byte[] destination) {
        return new Frame(
                destination,
                source.octets(),
                new Octets().u16(etherType).add(payload).toArray());
    }

    /** The same with a tag in front of what there is; VLAN 0 is only a priority. */
    Frame tagged(int tag, int vlan) {
        return new Frame(
                destination,
                source,
                new Octets().u16(tag).u16(5 << 13 | vlan).add(rest).toArray());
    }

    /** The same as an IEEE 802.3 frame with LLC and SNAP headers (RFC 1042). */
    Frame inLlcSnap() {
        byte[] llc = HexFormat.of().parseHex("aaaa03000000");
        return new Frame(
                destination,
                source,
                new Octets().u16(llc.length + rest.length).add(llc).add(rest).toArray());
    }

    Frame from(MacAddress other) {
        return new Frame(destination, other.octets(), rest);
    }

    Frame to(byte[] other) {
        return new Frame(other, source, rest);
    }

    /** As {@code network_card.py} reads it. */
    String hex() {
        return HexFormat.of()
                .formatHex(new Octets().add(destination).add(source).add(rest).toArray());
    }
}

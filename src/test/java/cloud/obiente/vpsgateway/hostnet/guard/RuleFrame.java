package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Ethernet frames as a hostile VPS would make them, byte by byte. */
final class RuleFrame {
    static final int IP = 0x0800;
    static final int ARP = 0x0806;
    static final int VLAN = 0x8100;
    static final int QINQ = 0x88a8;
    private static final int WHOLE = 0;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int SECOND_FRAGMENT = 2;

    private RuleFrame() {}

    /** Hexadecimal: destination, source, type or tags with the type, payload. */
    static String of(MacAddress to, MacAddress from, byte[] typed) {
        return hex(to.octets()) + hex(from.octets()) + hex(typed);
    }

    static byte[] typed(int type, byte[] payload) {
        return ByteBuffer.allocate(2 + payload.length)
                .putShort((short) type)
                .put(payload)
                .array();
    }

    /** Behind one more tag. */
    static byte[] tagged(int type, int vlan, byte[] typed) {
        return ByteBuffer.allocate(4 + typed.length)
                .putShort((short) type)
                .putShort((short) vlan)
                .put(typed)
                .array();
    }

    /** As an IEEE 802.3 frame with LLC and SNAP (RFC 1042). */
    static byte[] snap(byte[] typed) {
        return ByteBuffer.allocate(8 + typed.length)
                .putShort((short) (6 + typed.length))
                .put(HexFormat.of().parseHex("aaaa03000000"))
                .put(typed)
                .array();
    }

    static byte[] udp(Ipv4Address from, Ipv4Address to, int sourcePort, int port, byte[] data) {
        return typed(IP, ip(from, to, WHOLE, new byte[0], datagram(sourcePort, port, data)));
    }

    /** With IP options in front of the datagram: end of options only. */
    static byte[] withOptions(Ipv4Address from, Ipv4Address to) {
        return typed(IP, ip(from, to, WHOLE, new byte[8], datagram(9, 9, new byte[8])));
    }

    static byte[] firstFragment(Ipv4Address from, Ipv4Address to, int port, byte[] data) {
        return typed(IP, ip(from, to, MORE_FRAGMENTS, new byte[0], datagram(68, port, data)));
    }

    static byte[] laterFragment(Ipv4Address from, Ipv4Address to) {
        return typed(IP, ip(from, to, SECOND_FRAGMENT, new byte[0], new byte[16]));
    }

    static byte[] arp(int operation, MacAddress senderNic, Ipv4Address sender, Ipv4Address target) {
        return typed(
                ARP,
                ByteBuffer.allocate(28)
                        .put(HexFormat.of().parseHex("0001080006040000"))
                        .putShort(6, (short) operation)
                        .put(senderNic.octets())
                        .put(sender.octets())
                        .put(new byte[6])
                        .put(target.octets())
                        .array());
    }

    /** The fixed part of a DHCP message (RFC 2131, section 2) with nothing in it but whose it is. */
    static byte[] dhcp(int operation, MacAddress mac) {
        return ByteBuffer.allocate(240)
                .put((byte) operation)
                .put(HexFormat.of().parseHex("010600"))
                .put(28, mac.octets())
                .array();
    }

    private static byte[] datagram(int sourcePort, int port, byte[] data) {
        return ByteBuffer.allocate(8 + data.length)
                .putShort((short) sourcePort)
                .putShort((short) port)
                .putShort((short) (8 + data.length))
                .putShort((short) 0)
                .put(data)
                .array();
    }

    private static byte[] ip(Ipv4Address from, Ipv4Address to, int fragment, byte[] options, byte[] payload) {
        int header = 20 + options.length;
        ByteBuffer packet = ByteBuffer.allocate(header + payload.length)
                .put((byte) (0x40 | header / 4))
                .put((byte) 0)
                .putShort((short) (header + payload.length))
                .putShort((short) 7)
                .putShort((short) fragment)
                .put((byte) 64)
                .put((byte) 17)
                .putShort((short) 0)
                .put(from.octets())
                .put(to.octets())
                .put(options)
                .put(payload);
        packet.putShort(10, checksum(packet.array(), header));
        return packet.array();
    }

    /** RFC 1071. */
    private static short checksum(byte[] packet, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += (packet[i] & 255) << 8 | packet[i + 1] & 255;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}

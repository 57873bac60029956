package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY;
import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OUTSIDE;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;
import static cloud.obiente.vpsgateway.attack.Cast.SLEEPER;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Ordinary IPv4 packets with somebody else's source address, and with whose NIC they say they come from. */
final class SpoofedPackets {
    private static final Ipv4Address VICTIM = OWNER.publicAddress();
    private static final int PORT = 9;
    private static final int DNS = 53;
    private static final int GRPC = 1537;
    private static final int ECHO_REQUEST = 8;
    private static final int REDIRECT = 5;
    private static final int DESTINATION_UNREACHABLE = 3;
    private static final int FOR_HOST = 1;

    private SpoofedPackets() {}

    static List<Attack> attacks() {
        return Stream.of(sources(), nics(), reactions()).flatMap(List::stream).toList();
    }

    private static List<Attack> sources() {
        return List.of(
                Attack.by("UDP with the owner's source address", SpoofedPackets::plain),
                Attack.by(
                        "TCP SYN with the owner's source address",
                        mark -> everywhere(to -> Ipv4Packet.syn(VICTIM, to, GRPC, mark))),
                Attack.by(
                        "ICMP echo with the owner's source address",
                        mark -> everywhere(to -> Ipv4Packet.icmp(VICTIM, to, ECHO_REQUEST, 0, 1, mark))),
                Attack.by(
                        "IGMP with the owner's source address",
                        mark -> everywhere(to -> Ipv4Packet.of(VICTIM, to, Ipv4Packet.IGMP, mark))),
                Attack.by(
                        "a protocol that nobody knows, with the owner's source address",
                        mark -> everywhere(to -> Ipv4Packet.of(VICTIM, to, Ipv4Packet.NOBODYS, mark))),
                Attack.by(
                        "UDP with the owner's private source address",
                        mark -> everywhere(to -> udp(OWNER.privateAddress(), to, mark))));
    }

    private static List<Attack> nics() {
        return List.of(
                Attack.by(
                        "the NIC of another guarded VPS with the owner's address",
                        mark -> from(SLEEPER.mac(), everywhere(to -> udp(VICTIM, to, mark)))),
                Attack.by("twenty invented NICs in turn with the owner's address", mark -> IntStream.rangeClosed(1, 20)
                        .mapToObj(nic -> MacAddress.parse(String.format("02:66:00:00:00:%02x", nic)))
                        .flatMap(nic -> from(nic, everywhere(to -> udp(VICTIM, to, mark))).stream())
                        .toList()),
                Attack.onBridge(
                        "the owner's NIC with the neighbour's address",
                        mark -> from(OWNER.mac(), everywhere(to -> udp(NEIGHBOUR.publicAddress(), to, mark)))),
                Attack.onBridge(
                        "the gateway's NIC with the owner's address",
                        mark -> from(GATEWAY_MAC, everywhere(to -> udp(VICTIM, to, mark)))));
    }

    private static List<Attack> reactions() {
        return List.of(
                Attack.by(
                        "a DNS question to the gateway in the owner's name",
                        mark -> List.of(Ipv4Packet.udp(VICTIM, 33000, GATEWAY, DNS, question(mark))
                                .in(HOSTILE_MAC, GATEWAY_MAC.octets()))),
                Attack.by(
                        "an ICMP redirect in the owner's name",
                        mark -> everywhere(to ->
                                Ipv4Packet.icmp(VICTIM, to, REDIRECT, FOR_HOST, VICTIM.bits(), quoted(to, mark)))),
                Attack.onBridge(
                        "an ICMP redirect in the gateway's name",
                        mark -> List.of(Ipv4Packet.icmp(
                                        GATEWAY,
                                        NEIGHBOUR.publicAddress(),
                                        REDIRECT,
                                        FOR_HOST,
                                        HOSTILE.bits(),
                                        quoted(NEIGHBOUR.publicAddress(), mark))
                                .in(HOSTILE_MAC, NEIGHBOUR.mac().octets()))),
                Attack.by(
                        "an ICMP error in the owner's name",
                        mark -> everywhere(to ->
                                Ipv4Packet.icmp(VICTIM, to, DESTINATION_UNREACHABLE, FOR_HOST, 0, quoted(to, mark)))),
                Attack.by(
                        "a TTL that ends at the gateway, whose error would go to the owner",
                        mark -> List.of(udp(VICTIM, OUTSIDE, mark).withTtl(1).in(HOSTILE_MAC, GATEWAY_MAC.octets()))),
                Attack.by(
                        "from the owner to the owner, by way of the gateway",
                        mark -> List.of(udp(VICTIM, VICTIM, mark).in(HOSTILE_MAC, GATEWAY_MAC.octets()))),
                Attack.by(
                        "from the owner's public to its private address, by way of the gateway",
                        mark -> List.of(
                                udp(VICTIM, OWNER.privateAddress(), mark).in(HOSTILE_MAC, GATEWAY_MAC.octets()))));
    }

    /** The plainest of all. */
    static List<Frame> plain(byte[] mark) {
        return everywhere(to -> udp(VICTIM, to, mark));
    }

    /** To the gateway, through it to a host outside, and to the neighbour without it. */
    static List<Frame> everywhere(Function<Ipv4Address, Ipv4Packet> packet) {
        return List.of(
                packet.apply(GATEWAY).in(HOSTILE_MAC, GATEWAY_MAC.octets()),
                packet.apply(OUTSIDE).in(HOSTILE_MAC, GATEWAY_MAC.octets()),
                packet.apply(NEIGHBOUR.publicAddress())
                        .in(HOSTILE_MAC, NEIGHBOUR.mac().octets()));
    }

    static Ipv4Packet udp(Ipv4Address from, Ipv4Address to, byte[] mark) {
        return Ipv4Packet.udp(from, 33000, to, PORT, mark);
    }

    private static List<Frame> from(MacAddress nic, List<Frame> frames) {
        return frames.stream().map(frame -> frame.from(nic)).toList();
    }

    /** For the name MARK.vps.local, type A (RFC 1035, section 4). */
    private static byte[] question(byte[] mark) {
        return new Octets()
                .u16(0x7a11)
                .u16(0x0100)
                .u16(1)
                .zeros(6)
                .u8(mark.length)
                .add(mark)
                .u8(3)
                .add("vps".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .u8(5)
                .add("local".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .u8(0)
                .u16(1)
                .u16(1)
                .toArray();
    }

    /** The packet that the receiver is said to have sent. */
    private static byte[] quoted(Ipv4Address receiver, byte[] mark) {
        return udp(receiver, OUTSIDE, mark).octets();
    }
}

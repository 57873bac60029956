package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY;
import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OUTSIDE;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;
import static cloud.obiente.vpsgateway.attack.SpoofedPackets.everywhere;
import static cloud.obiente.vpsgateway.attack.SpoofedPackets.udp;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The owner's source address where a filter might not look for it: behind tags, options, or in pieces. */
final class DisguisedPackets {
    private static final Ipv4Address VICTIM = OWNER.publicAddress();
    private static final Ipv4Address EVERYBODY = Ipv4Address.parse("255.255.255.255");
    private static final Ipv4Address SUBNET_BROADCAST = Ipv4Address.parse("10.15.3.255");
    private static final Ipv4Address ALL_HOSTS = Ipv4Address.parse("224.0.0.1");
    private static final int LOOSE_ROUTE = 131;
    private static final int STRICT_ROUTE = 137;
    private static final byte[] RECORD_ROUTE = HexFormat.of().parseHex("0707040000000000");
    private static final byte[] ROUTER_ALERT = HexFormat.of().parseHex("94040000");

    private DisguisedPackets() {}

    static List<Attack> attacks() {
        return Stream.of(tagged(), inPieces(), withOptions(), toMany())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Attack> tagged() {
        return List.of(
                Attack.by("behind a priority tag (VLAN 0)", mark -> tagged(spoofed(mark), Frame.C_TAG, 0)),
                Attack.by(
                        "behind two priority tags",
                        mark -> tagged(tagged(spoofed(mark), Frame.C_TAG, 0), Frame.C_TAG, 0)),
                Attack.by(
                        "behind a provider's priority tag (802.1ad, VLAN 0)",
                        mark -> tagged(spoofed(mark), Frame.S_TAG, 0)),
                Attack.onBridge("behind a VLAN tag", mark -> tagged(spoofed(mark), Frame.C_TAG, 5)),
                Attack.onBridge(
                        "behind two VLAN tags (QinQ)",
                        mark -> tagged(tagged(spoofed(mark), Frame.C_TAG, 5), Frame.S_TAG, 6)),
                Attack.onBridge(
                        "in an 802.3 frame with LLC and SNAP headers",
                        mark -> spoofed(mark).stream().map(Frame::inLlcSnap).toList()));
    }

    private static List<Attack> inPieces() {
        return List.of(
                Attack.by("in two fragments", mark -> fragments(mark, 16, true, true)),
                Attack.by("in fragments, the first as small as can be", mark -> fragments(mark, 8, true, true)),
                Attack.by("a first fragment alone", mark -> fragments(mark, 24, true, false)),
                Attack.by("a later fragment alone", mark -> fragments(mark, 8, false, true)));
    }

    private static List<Attack> withOptions() {
        return List.of(
                Attack.by("with a loose source route through the gateway", mark -> sourceRouted(LOOSE_ROUTE, mark)),
                Attack.by("with a strict source route through the gateway", mark -> sourceRouted(STRICT_ROUTE, mark)),
                Attack.by(
                        "with the option record route",
                        mark -> everywhere(to -> udp(VICTIM, to, mark).withOptions(RECORD_ROUTE))),
                Attack.by(
                        "with the option router alert",
                        mark -> everywhere(to -> udp(VICTIM, to, mark).withOptions(ROUTER_ALERT))));
    }

    private static List<Attack> toMany() {
        return List.of(
                Attack.by("to 255.255.255.255", mark -> List.of(broadcast(EVERYBODY, mark))),
                Attack.by("to the subnet's broadcast address", mark -> List.of(broadcast(SUBNET_BROADCAST, mark))),
                Attack.by(
                        "to all hosts (224.0.0.1)",
                        mark -> List.of(udp(VICTIM, ALL_HOSTS, mark).in(HOSTILE_MAC, Frame.ALL_HOSTS))),
                Attack.by("to the gateway's address in a broadcast frame", mark -> List.of(broadcast(GATEWAY, mark))));
    }

    private static Frame broadcast(Ipv4Address to, byte[] mark) {
        return udp(VICTIM, to, mark).in(HOSTILE_MAC, Frame.BROADCAST);
    }

    private static List<Frame> spoofed(byte[] mark) {
        return everywhere(to -> udp(VICTIM, to, mark));
    }

    private static List<Frame> tagged(List<Frame> frames, int tag, int vlan) {
        return frames.stream().map(frame -> frame.tagged(tag, vlan)).toList();
    }

    private static List<Frame> fragments(byte[] mark, int firstLength, boolean first, boolean second) {
        byte[] marks = new Octets().add(mark).zeros(4).add(mark).toArray();
        return Stream.of(GATEWAY, OUTSIDE, NEIGHBOUR.publicAddress())
                .flatMap(to -> {
                    List<Ipv4Packet> both = udp(VICTIM, to, marks).splitAt(firstLength);
                    byte[] nextHop = to.equals(NEIGHBOUR.publicAddress())
                            ? NEIGHBOUR.mac().octets()
                            : GATEWAY_MAC.octets();
                    return both.subList(first ? 0 : 1, second ? 2 : 1).stream()
                            .map(fragment -> fragment.in(HOSTILE_MAC, nextHop));
                })
                .toList();
    }

    /** By the gateway's address to the host outside, as RFC 791 lays it down: the next hop is the destination. */
    private static List<Frame> sourceRouted(int option, byte[] mark) {
        byte[] route = new Octets().u8(option).u8(7).u8(4).add(OUTSIDE).u8(0).toArray();
        return List.of(
                udp(VICTIM, GATEWAY, mark).withOptions(route).in(HOSTILE_MAC, GATEWAY_MAC.octets()),
                udp(VICTIM, NEIGHBOUR.publicAddress(), mark)
                        .withOptions(route)
                        .in(HOSTILE_MAC, NEIGHBOUR.mac().octets()));
    }
}

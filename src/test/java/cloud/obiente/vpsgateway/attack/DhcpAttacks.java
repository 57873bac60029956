package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY;
import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.HexFormat;
import java.util.List;

/** DHCP in the owner's name, and in the gateway's. A gateway that is not on the node cannot tell whose frame it was. */
final class DhcpAttacks {
    private static final Ipv4Address NONE = new Ipv4Address(0);
    private static final Ipv4Address EVERYBODY = Ipv4Address.parse("255.255.255.255");
    private static final byte[] ROUTER_ALERT = HexFormat.of().parseHex("94040000");
    /** Behind the UDP header and in front of chaddr, which is at 28 of the message. */
    private static final int BEFORE_CHADDR = 24;

    private DhcpAttacks() {}

    static List<Attack> attacks() {
        return List.of(
                Attack.onBridge(
                        "DHCPRELEASE in the owner's name",
                        mark -> List.of(release(mark).in(HOSTILE_MAC, GATEWAY_MAC.octets()))),
                Attack.onBridge("DHCPDECLINE in the owner's name", mark -> List.of(shouted(decline(mark)))),
                Attack.onBridge(
                        "DHCPDISCOVER in the owner's name",
                        mark -> List.of(shouted(toServer(DhcpMessage.discover(OWNER.mac()), mark)))),
                Attack.onBridge(
                        "DHCPREQUEST in the owner's name",
                        mark -> List.of(shouted(
                                toServer(DhcpMessage.request(OWNER.mac(), OWNER.privateAddress(), GATEWAY), mark)))),
                Attack.onBridge(
                        "DHCPDECLINE in the owner's name, in fragments that part ports from names",
                        mark -> decline(mark).splitAt(BEFORE_CHADDR).stream()
                                .map(fragment -> fragment.in(HOSTILE_MAC, GATEWAY_MAC.octets()))
                                .toList()),
                Attack.onBridge(
                        "DHCPDECLINE in the owner's name, behind IPv4 options",
                        mark -> List.of(shouted(decline(mark).withOptions(ROUTER_ALERT)))),
                Attack.onBridge(
                        "DHCPDECLINE in the owner's name, behind a priority tag (VLAN 0)",
                        mark -> List.of(shouted(decline(mark)).tagged(Frame.C_TAG, 0))),
                Attack.onBridge(
                        "DHCPRELEASE in the owner's name from the owner's private address",
                        mark -> List.of(Ipv4Packet.udp(
                                        OWNER.privateAddress(),
                                        DhcpMessage.CLIENT_PORT,
                                        GATEWAY,
                                        DhcpMessage.SERVER_PORT,
                                        DhcpMessage.release(OWNER.mac(), OWNER.privateAddress(), GATEWAY)
                                                .octets(mark))
                                .in(HOSTILE_MAC, GATEWAY_MAC.octets()))),
                Attack.onBridge(
                        "offers of a DHCP server that is none, under the gateway's address",
                        mark -> List.of(offer(GATEWAY, mark))),
                Attack.onBridge(
                        "offers of a DHCP server that is none, under its own address",
                        mark -> List.of(offer(HOSTILE, mark))));
    }

    /** As a client in the owner's name, and as a server. */
    static List<Frame> plain(byte[] mark) {
        return List.of(
                release(mark).in(HOSTILE_MAC, GATEWAY_MAC.octets()), shouted(decline(mark)), offer(HOSTILE, mark));
    }

    private static Ipv4Packet release(byte[] mark) {
        byte[] message = DhcpMessage.release(OWNER.mac(), OWNER.privateAddress(), GATEWAY)
                .octets(mark);
        return Ipv4Packet.udp(HOSTILE, DhcpMessage.CLIENT_PORT, GATEWAY, DhcpMessage.SERVER_PORT, message);
    }

    private static Ipv4Packet decline(byte[] mark) {
        return toServer(DhcpMessage.decline(OWNER.mac(), OWNER.privateAddress(), GATEWAY), mark);
    }

    private static Ipv4Packet toServer(DhcpMessage message, byte[] mark) {
        return Ipv4Packet.udp(NONE, DhcpMessage.CLIENT_PORT, EVERYBODY, DhcpMessage.SERVER_PORT, message.octets(mark));
    }

    private static Frame shouted(Ipv4Packet packet) {
        return packet.in(HOSTILE_MAC, Frame.BROADCAST);
    }

    private static Frame offer(Ipv4Address server, byte[] mark) {
        DhcpMessage offer = DhcpMessage.offer(NEIGHBOUR.mac(), NEIGHBOUR.privateAddress(), server);
        return shouted(Ipv4Packet.udp(
                server, DhcpMessage.SERVER_PORT, EVERYBODY, DhcpMessage.CLIENT_PORT, offer.octets(mark)));
    }
}

package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY;
import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;
import static cloud.obiente.vpsgateway.attack.Cast.PUBLIC_GATEWAY;
import static cloud.obiente.vpsgateway.attack.Cast.SLEEPER;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** ARP messages (RFC 826) that say the owner's address were somewhere else. */
final class ArpAttacks {
    private static final Ipv4Address VICTIM = OWNER.publicAddress();
    private static final Ipv4Address NOBODY = new Ipv4Address(0);
    private static final int STORM = 300;

    private ArpAttacks() {}

    static List<Attack> attacks() {
        return Stream.of(toAll(), toOne(), disguised(), onBridge())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Attack> toAll() {
        return List.of(
                Attack.by(
                        "gratuitous ARP request (an announcement, RFC 5227)",
                        mark -> List.of(announcement(VICTIM, HOSTILE_MAC).in(HOSTILE_MAC, Frame.BROADCAST, mark))),
                Attack.by(
                        "gratuitous ARP reply",
                        mark -> List.of(ArpMessage.reply(HOSTILE_MAC, VICTIM, Frame.BROADCAST, VICTIM)
                                .in(HOSTILE_MAC, Frame.BROADCAST, mark))),
                Attack.by(
                        "gratuitous ARP for the owner's private address",
                        mark -> List.of(announcement(OWNER.privateAddress(), HOSTILE_MAC)
                                .in(HOSTILE_MAC, Frame.BROADCAST, mark))),
                Attack.by(
                        "ARP request to all with the owner's address as the sender",
                        mark -> List.of(ArpMessage.request(HOSTILE_MAC, VICTIM, PUBLIC_GATEWAY)
                                .in(HOSTILE_MAC, Frame.BROADCAST, mark))));
    }

    private static List<Attack> toOne() {
        return List.of(
                Attack.by(
                        "ARP reply to the gateway",
                        mark -> List.of(replyToGateway(HOSTILE_MAC).in(HOSTILE_MAC, GATEWAY_MAC.octets(), mark))),
                Attack.by(
                        "ARP request to the gateway alone",
                        mark -> List.of(ArpMessage.request(HOSTILE_MAC, VICTIM, PUBLIC_GATEWAY)
                                .in(HOSTILE_MAC, GATEWAY_MAC.octets(), mark))),
                Attack.by(
                        "a storm of ARP replies to the gateway",
                        mark -> Collections.nCopies(
                                STORM, replyToGateway(HOSTILE_MAC).in(HOSTILE_MAC, GATEWAY_MAC.octets(), mark))),
                Attack.by(
                        "ARP reply that names the NIC of another guarded VPS",
                        mark -> List.of(replyToGateway(SLEEPER.mac()).in(HOSTILE_MAC, GATEWAY_MAC.octets(), mark))));
    }

    private static List<Attack> disguised() {
        return List.of(
                Attack.by(
                        "ARP reply of hardware type 6, which Linux takes for Ethernet",
                        mark -> List.of(replyToGateway(HOSTILE_MAC)
                                .withHardware(ArpMessage.IEEE_802)
                                .in(HOSTILE_MAC, GATEWAY_MAC.octets(), mark))),
                Attack.by(
                        "ARP reply behind a priority tag (VLAN 0)",
                        mark -> List.of(replyToGateway(HOSTILE_MAC)
                                .in(HOSTILE_MAC, GATEWAY_MAC.octets(), mark)
                                .tagged(Frame.C_TAG, 0))),
                Attack.by(
                        "ARP reply in a frame that says it is from another NIC than the message",
                        mark -> List.of(replyToGateway(HOSTILE_MAC).in(SLEEPER.mac(), GATEWAY_MAC.octets(), mark))));
    }

    private static List<Attack> onBridge() {
        return List.of(
                Attack.onBridge(
                        "ARP reply to the neighbour",
                        mark -> List.of(replyToNeighbour(VICTIM).in(HOSTILE_MAC, neighbour(), mark))),
                Attack.onBridge(
                        "ARP reply to the neighbour behind a priority tag (VLAN 0)",
                        mark -> List.of(replyToNeighbour(VICTIM)
                                .in(HOSTILE_MAC, neighbour(), mark)
                                .tagged(Frame.C_TAG, 0))),
                Attack.onBridge(
                        "ARP reply to the neighbour behind a VLAN tag",
                        mark -> List.of(replyToNeighbour(VICTIM)
                                .in(HOSTILE_MAC, neighbour(), mark)
                                .tagged(Frame.C_TAG, 5))),
                Attack.onBridge(
                        "ARP reply to the neighbour of hardware type 6",
                        mark -> List.of(replyToNeighbour(VICTIM)
                                .withHardware(ArpMessage.IEEE_802)
                                .in(HOSTILE_MAC, neighbour(), mark))),
                Attack.onBridge(
                        "ARP reply to the owner that its own address were taken",
                        mark -> List.of(ArpMessage.reply(
                                        HOSTILE_MAC, VICTIM, OWNER.mac().octets(), VICTIM)
                                .in(HOSTILE_MAC, OWNER.mac().octets(), mark))),
                Attack.onBridge(
                        "ARP reply to the neighbour with the owner's NIC in the message, from another one",
                        mark -> List.of(ArpMessage.reply(OWNER.mac(), VICTIM, neighbour(), NEIGHBOUR.publicAddress())
                                .in(HOSTILE_MAC, neighbour(), mark))),
                Attack.onBridge(
                        "ARP probe that would keep the owner from taking its address (RFC 5227)",
                        mark -> List.of(ArpMessage.request(HOSTILE_MAC, NOBODY, VICTIM)
                                .in(HOSTILE_MAC, Frame.BROADCAST, mark))),
                Attack.onBridge(
                        "ARP reply to the neighbour for the gateway's address",
                        mark -> List.of(replyToNeighbour(GATEWAY).in(HOSTILE_MAC, neighbour(), mark))));
    }

    /** The plainest of all, to the gateway and to the neighbour. */
    static List<Frame> plain(byte[] mark) {
        return List.of(
                replyToGateway(HOSTILE_MAC).in(HOSTILE_MAC, GATEWAY_MAC.octets(), mark),
                replyToNeighbour(VICTIM).in(HOSTILE_MAC, neighbour(), mark));
    }

    private static ArpMessage announcement(Ipv4Address address, MacAddress nic) {
        return ArpMessage.request(nic, address, address);
    }

    private static ArpMessage replyToGateway(MacAddress nic) {
        return ArpMessage.reply(nic, VICTIM, GATEWAY_MAC.octets(), PUBLIC_GATEWAY);
    }

    private static ArpMessage replyToNeighbour(Ipv4Address taken) {
        return ArpMessage.reply(HOSTILE_MAC, taken, neighbour(), NEIGHBOUR.publicAddress());
    }

    private static byte[] neighbour() {
        return NEIGHBOUR.mac().octets();
    }
}

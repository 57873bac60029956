package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;
import static cloud.obiente.vpsgateway.attack.Cast.UPLINK;
import static cloud.obiente.vpsgateway.attack.SpoofedPackets.udp;

import cloud.obiente.vpsgateway.lab.OutsideHost;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.stream.Stream;

/** The owner's addresses on the gateway's other interface, where nobody has them. */
final class OutsideAttacks {
    private OutsideAttacks() {}

    static List<Attack> attacks() {
        return List.of(
                Attack.fromOutside(
                        "UDP from the outside with the owner's source address",
                        mark -> spoofed(OWNER.publicAddress(), mark)),
                Attack.fromOutside(
                        "UDP from the outside with the owner's private source address",
                        mark -> spoofed(OWNER.privateAddress(), mark)),
                Attack.fromOutside(
                        "gratuitous ARP from the outside",
                        mark -> List.of(
                                ArpMessage.request(OutsideHost.MAC, OWNER.publicAddress(), OWNER.publicAddress())
                                        .in(OutsideHost.MAC, Frame.BROADCAST, mark))));
    }

    private static List<Frame> spoofed(Ipv4Address source, byte[] mark) {
        return Stream.of(UPLINK, NEIGHBOUR.publicAddress())
                .map(to -> udp(source, to, mark).in(OutsideHost.MAC, OutsideHost.UPLINK_MAC.octets()))
                .toList();
    }
}

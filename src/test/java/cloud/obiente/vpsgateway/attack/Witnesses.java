package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY;
import static cloud.obiente.vpsgateway.attack.Cast.GATEWAY_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OUTSIDE;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.OutsideHost;
import cloud.obiente.vpsgateway.lab.VirtualNic;
import cloud.obiente.vpsgateway.lab.Vps;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Those who see what becomes of hostile frames, and the two who send them. Where the gateway is a router, what VPSs send
 * to each other is not its business: there a VPS tells only what came to it from the gateway's NIC.
 */
final class Witnesses implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(10);

    private final Scene.Layout layout;
    private final VirtualNic gateway = VirtualNic.behindTheGatewaysFirewall();
    private final VirtualNic outside;
    private final VirtualNic owner;
    private final VirtualNic neighbour;
    private final VirtualNic hostile;

    Witnesses(Scene.Layout layout, OutsideHost outside, Vps owner, Vps neighbour, Vps hostile) {
        this.layout = layout;
        this.outside = outside.nic();
        this.owner = owner.nic();
        this.neighbour = neighbour.nic();
        this.hostile = hostile.nic();
        ArpProber.install();
    }

    VirtualNic senderOf(Attack attack) {
        return attack.sender() == Attack.Sender.VPS ? hostile : outside;
    }

    /** What has arrived with this mark, once all that was sent before has arrived or has been dropped. */
    Delivery delivered(Attack attack, Mark mark) {
        awaitFence(attack.sender());
        Map<String, Integer> counts = new HashMap<>();
        counts.put("gateway", sum(gateway.seen(mark.text())));
        counts.put("gateway (ARP)", ArpProber.taken());
        counts.put("outside", attack.sender() == Attack.Sender.OUTSIDE ? 0 : sum(outside.seen(mark.text())));
        counts.put("owner", onSegment(owner, mark));
        counts.put("neighbour", onSegment(neighbour, mark));
        return Delivery.of(counts);
    }

    private int onSegment(VirtualNic nic, Mark mark) {
        Map<String, Integer> seen = nic.seen(mark.text());
        return layout == Scene.Layout.NODE ? sum(seen) : seen.getOrDefault(GATEWAY_MAC.toString(), 0);
    }

    private static int sum(Map<String, Integer> seen) {
        return seen.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The sender's honest datagrams, which take the same ways behind the hostile ones, have arrived everywhere. */
    private void awaitFence(Attack.Sender sender) {
        Mark fence = Mark.next();
        List<VirtualNic> reached =
                sender == Attack.Sender.VPS ? List.of(gateway, outside, owner, neighbour) : List.of(gateway, owner);
        List<String> honest = (sender == Attack.Sender.VPS ? fromVps(fence) : fromOutside(fence))
                .stream().map(Frame::hex).toList();
        await("the fence " + fence)
                .atMost(TIMEOUT)
                .pollInterval(GLANCE)
                .pollInSameThread()
                .until(() -> {
                    (sender == Attack.Sender.VPS ? hostile : outside).send(honest);
                    return reached.stream()
                            .noneMatch(nic -> nic.seen(fence.text()).isEmpty());
                });
    }

    private static List<Frame> fromVps(Mark fence) {
        byte[] mark = fence.octets();
        return List.of(
                SpoofedPackets.udp(HOSTILE, GATEWAY, mark).in(HOSTILE_MAC, GATEWAY_MAC.octets()),
                SpoofedPackets.udp(HOSTILE, OUTSIDE, mark).in(HOSTILE_MAC, GATEWAY_MAC.octets()),
                SpoofedPackets.udp(HOSTILE, OWNER.privateAddress(), mark).in(HOSTILE_MAC, GATEWAY_MAC.octets()),
                SpoofedPackets.udp(HOSTILE, NEIGHBOUR.privateAddress(), mark)
                        .in(HOSTILE_MAC, NEIGHBOUR.mac().octets()));
    }

    private static List<Frame> fromOutside(Mark fence) {
        byte[] mark = fence.octets();
        byte[] uplink = OutsideHost.UPLINK_MAC.octets();
        return List.of(
                SpoofedPackets.udp(OUTSIDE, Cast.UPLINK, mark).in(OutsideHost.MAC, uplink),
                SpoofedPackets.udp(OUTSIDE, OWNER.publicAddress(), mark).in(OutsideHost.MAC, uplink));
    }

    @Override
    public void close() {
        List.of(gateway, outside, owner, neighbour, hostile).forEach(VirtualNic::close);
    }
}

package cloud.obiente.vpsgateway.attack;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One thing that a hostile host does.
 *
 * @param name as in docs/attacks.md
 * @param sender where its cable ends
 * @param layouts the scenes in which the frames come past a guard
 * @param frames what it sends, each frame with the mark somewhere in it
 */
record Attack(String name, Sender sender, Set<Scene.Layout> layouts, Function<byte[], List<Frame>> frames) {

    enum Sender {
        /** A VPS on the segment. */
        VPS,
        /** A host behind the gateway's other interface. */
        OUTSIDE
    }

    /** By a VPS, against whatever stands between it and the gateway. */
    static Attack by(String name, Function<byte[], List<Frame>> frames) {
        return new Attack(name, Sender.VPS, Set.of(Scene.Layout.values()), frames);
    }

    /** By a VPS, against another one on its bridge: only a gateway on the node sees the frames. */
    static Attack onBridge(String name, Function<byte[], List<Frame>> frames) {
        return new Attack(name, Sender.VPS, Set.of(Scene.Layout.NODE), frames);
    }

    static Attack fromOutside(String name, Function<byte[], List<Frame>> frames) {
        return new Attack(name, Sender.OUTSIDE, Set.of(Scene.Layout.values()), frames);
    }

    /** The whole list. */
    static Stream<Attack> all() {
        return Stream.of(
                        SpoofedPackets.attacks(),
                        DisguisedPackets.attacks(),
                        ArpAttacks.attacks(),
                        DhcpAttacks.attacks(),
                        OutsideAttacks.attacks())
                .flatMap(List::stream);
    }

    static Stream<Attack> in(Scene.Layout layout) {
        return all().filter(attack -> attack.layouts().contains(layout));
    }

    @Override
    public String toString() {
        return name;
    }
}

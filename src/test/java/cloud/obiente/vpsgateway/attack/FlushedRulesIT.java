package cloud.obiente.vpsgateway.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What another program does to our rules is mended long before the next comparison, and forged frames end again. */
class FlushedRulesIT {
    private static final int QUESTIONS = 20;
    private static final List<String> ON_HOST = List.of("inet vps_gateway", "arp vps_gateway");
    private static final List<String> ON_BRIDGE = List.of("bridge vps_gateway", "bridge vps_gateway_spare");

    /** The node has all the tables that a router has, and the bridge's. */
    private static Stream<Scene.Layout> layouts() {
        return Effort.first(1, Scene.Layout.NODE, Scene.Layout.ROUTER);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void forgedFramesAreRefusedAgain(Scene.Layout layout) {
        try (Scene scene = new Scene(layout, "flushed-" + layout.name().toLowerCase(Locale.ROOT))) {
            scene.guard(Scene.withSnat("10m"));
            try (Scene.Talk owner = scene.ownerWithOutside()) {
                damages(layout).forEach(damage -> play(scene, owner, damage));
            }
        }
    }

    private static Stream<String> damages(Scene.Layout layout) {
        return Stream.of(
                        // As "flush ruleset" does, but for the tables by which the test sees what arrives.
                        Stream.of(tables(layout)
                                .map(table -> "delete table " + table)
                                .collect(Collectors.joining("; "))),
                        tables(layout).map(table -> "delete table " + table),
                        tables(layout).map(table -> "flush table " + table),
                        Stream.of("flush chain inet vps_gateway prerouting", "flush chain arp vps_gateway input"))
                .flatMap(damages -> damages);
    }

    private static Stream<String> tables(Scene.Layout layout) {
        return layout == Scene.Layout.NODE ? Stream.concat(ON_HOST.stream(), ON_BRIDGE.stream()) : ON_HOST.stream();
    }

    private static void play(Scene scene, Scene.Talk owner, String damage) {
        List<String> intact = listings(scene.layout());

        Command.run(List.of("nft", damage));

        await(damage).until(() -> listings(scene.layout()).equals(intact));
        Attack attack = Attack.by("packets and ARP in the owner's name", FlushedRulesIT::theft);
        assertThat(scene.playDuring(
                        attack, () -> assertThat(owner.ask(QUESTIONS)).isEqualTo(QUESTIONS)))
                .as("what arrived after: %s", damage)
                .hasToString("nothing");
    }

    private static List<Frame> theft(byte[] mark) {
        return Stream.of(SpoofedPackets.plain(mark), ArpAttacks.plain(mark))
                .flatMap(List::stream)
                .toList();
    }

    private static List<String> listings(Scene.Layout layout) {
        return tables(layout).map(Artefacts::listing).toList();
    }
}

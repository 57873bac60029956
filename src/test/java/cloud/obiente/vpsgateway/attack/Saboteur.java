package cloud.obiente.vpsgateway.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Damages one artefact after the other, at most one a second, while a hostile VPS sends in the owner's name without a
 * pause and the owner talks to the outside. Before each damage everything must be as it was and nothing of the hostile
 * VPS's may have arrived. For one thread.
 */
final class Saboteur {
    private static final Duration RHYTHM = Duration.ofSeconds(1);
    private static final Duration GLANCE = Duration.ofMillis(10);
    private static final int QUESTIONS = 20;

    private final Scene scene;
    private final List<Artefact> artefacts;
    private final Duration timeout;
    private final Random random;
    private final Attack attack = Attack.onBridge("packets, ARP and DHCP in the owner's name", Saboteur::theft);

    /** @param timeout how long a repair may take before it counts as none */
    Saboteur(Scene scene, Duration timeout, Random random) {
        this.scene = scene;
        this.artefacts = new Artefacts(scene).all();
        this.timeout = timeout;
        this.random = random;
    }

    /**
     * What became of one damage.
     *
     * @param millis until it was mended
     * @param passed what arrived of the hostile VPS's packets meanwhile
     */
    record Repair(Artefact artefact, double millis, Delivery passed) {}

    /** Every artefact once, in a new order. */
    List<Repair> damageAll(Scene.Talk owner) {
        List<Artefact> order = new ArrayList<>(artefacts);
        Collections.shuffle(order, random);
        return order.stream().map(artefact -> damage(artefact, owner)).toList();
    }

    private static List<Frame> theft(byte[] mark) {
        return Stream.of(SpoofedPackets.plain(mark), ArpAttacks.plain(mark), DhcpAttacks.plain(mark))
                .flatMap(List::stream)
                .toList();
    }

    private Repair damage(Artefact artefact, Scene.Talk owner) {
        long begun = System.nanoTime();
        String intact = artefact.state().get();
        assertThat(scene.playDuring(attack, () -> ownerTalks(owner)))
                .as("what arrived before: %s", artefact.name())
                .hasToString("nothing");
        double[] millis = new double[1];
        Delivery passed = scene.playDuring(attack, () -> millis[0] = untilMended(artefact, intact));
        assertThat(passed).as("what arrived after: %s", artefact.name()).hasToString("nothing");
        while (System.nanoTime() - begun < RHYTHM.toNanos()) {
            ownerTalks(owner);
        }
        return new Repair(artefact, millis[0], passed);
    }

    private double untilMended(Artefact artefact, String intact) {
        artefact.damage().run();
        long damaged = System.nanoTime();
        await("repair: " + artefact.name())
                .atMost(timeout)
                .pollDelay(Duration.ZERO)
                .pollInterval(GLANCE)
                .pollInSameThread()
                .until(() -> artefact.state().get().equals(intact));
        return (System.nanoTime() - damaged) / 1e6;
    }

    private static void ownerTalks(Scene.Talk owner) {
        assertThat(owner.ask(QUESTIONS)).as("answers to the owner").isEqualTo(QUESTIONS);
    }
}

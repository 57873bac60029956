package cloud.obiente.vpsgateway.habits;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.habits.HabitsWorld.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever an API with these habits does, and whatever happens to it and to the gateway: nobody who runs loses or changes an
 * address, none is used twice, and whoever the API knows is served. Sequences of 50 steps, over some hours each.
 *
 * <p>Two databases behind one instance id are not tried: by what it is told the gateway cannot tell their lists and answers
 * apart.
 */
abstract class AnySequence {
    private static final int STEPS = 50;
    private static final Logger GATEWAY_LOG = Logger.getLogger("cloud.obiente.vpsgateway");

    /** It tells of every link that breaks; formatting that would take longer than all the rest. */
    @BeforeContainer
    static void hush() {
        GATEWAY_LOG.setLevel(Level.OFF);
    }

    @AfterContainer
    static void speak() {
        GATEWAY_LOG.setLevel(null);
    }

    static void assertKept(Setup setup, List<Step> steps) {
        try (HabitsWorld world = new HabitsWorld(setup)) {
            for (Step step : steps) {
                step.take(world);
                if (!world.promises.broken().isEmpty()) {
                    break;
                }
            }
            if (world.promises.broken().isEmpty()) {
                world.recover();
            }
            assertThat(world.promises.broken())
                    .as(() -> String.join("\n", world.story))
                    .isEmpty();
        }
    }

    /** Mostly moments, sometimes longer than the grace of lists. */
    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> seconds = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.integers().between(0, 60)),
                Tuple.of(3, Arbitraries.integers().between(60, 600)),
                Tuple.of(1, Arbitraries.integers().between(600, 1_800)));
        return Combinators.combine(
                        Arbitraries.of(Step.Kind.values()),
                        Arbitraries.integers().between(0, 23),
                        seconds)
                .as(Step::new)
                .list()
                .ofSize(STEPS);
    }

    @Provide
    Arbitrary<Setup> oneDatabase() {
        return setups(Arbitraries.of(List.of(
                List.of(List.of("api-1")), List.of(List.of("api-1", "api-2")), List.of(List.of("api-1", "api-1")))));
    }

    @Provide
    Arbitrary<Setup> twoDatabases() {
        return setups(Arbitraries.of(List.of(
                List.of(List.of("production-1"), List.of("beta-1")),
                List.of(List.of("production-1", "production-2"), List.of("beta-1")))));
    }

    @Provide
    Arbitrary<Setup> anyDatabases() {
        return Arbitraries.oneOf(oneDatabase(), twoDatabases());
    }

    /** A pool that never runs dry, or one that does, and whose addresses go to others when their VPSs were not seen for long. */
    private record Pool(int size, Optional<Duration> reclaimAfter) {
        static final Pool LARGE = new Pool(200, Optional.empty());
        static final Pool SMALL = new Pool(5, Optional.of(Duration.ofMinutes(90)));
    }

    private static Arbitrary<Setup> setups(Arbitrary<List<List<String>>> databases) {
        return Combinators.combine(
                        databases,
                        Arbitraries.frequency(Tuple.of(4, List.of("node-1")), Tuple.of(1, List.of("node-1", "node-2"))),
                        Arbitraries.of(UnknownClients.values()),
                        Arbitraries.frequency(Tuple.of(3, Pool.LARGE), Tuple.of(1, Pool.SMALL)),
                        Arbitraries.longs().between(0, 1_000))
                .as((apis, nodes, mode, pool, seed) ->
                        new Setup(apis, nodes, mode, pool.size(), pool.reclaimAfter(), Duration.ofSeconds(10), seed));
    }
}

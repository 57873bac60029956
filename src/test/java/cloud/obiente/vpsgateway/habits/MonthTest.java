package cloud.obiente.vpsgateway.habits;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.habits.HabitsWorld.Setup;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Seed;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A month of an API with two instances and two hundred VPSs, some of which are created, deleted, or get another NIC every day,
 * while instances and gateway are restarted and killed; ten days of it in the usual run.
 */
@Tag("slow")
class MonthTest {
    private static final int VPSS = 200;
    private static final int DAYS = Effort.of(10, 30);
    /** Fewer than the VPSs that are created in the time: without reclaiming it would be exhausted. */
    private static final int POOL = Effort.of(260, 350);

    private static final Duration RECLAIM_AFTER = Duration.ofDays(Effort.of(1, 3));
    private static final long KIB = 1_024;
    /** The rows that the API never deletes; a gateway that forgot nothing of a VPS would need more for those of a month. */
    private static final long MAX_GROWTH = 2_048 * KIB;

    private static final Duration TICK = Duration.ofSeconds(15);
    private static final Logger GATEWAY_LOG = Logger.getLogger("cloud.obiente.vpsgateway");

    private final Random random = Seed.random(MonthTest.class);

    @BeforeEach
    void hush() {
        GATEWAY_LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        GATEWAY_LOG.setLevel(null);
    }

    @Test
    void nobodyWhoRunsLosesAnAddressAndThePoolIsNeverExhausted() {
        try (HabitsWorld world = new HabitsWorld(new Setup(
                List.of(List.of("api-1", "api-2")),
                List.of("node-1"),
                UnknownClients.ADOPT,
                POOL,
                Optional.of(RECLAIM_AFTER),
                TICK,
                random.nextLong()))) {
            for (int i = 0; i < VPSS; i++) {
                world.create(i);
                world.pass(Duration.ofSeconds(20));
            }
            world.pass(Duration.ofMinutes(10));
            long early = 0;
            for (int day = 0; day < DAYS; day++) {
                day(world);
                early = day == DAYS / 3 ? liveHeap() : early;
            }
            long late = liveHeap();
            System.out.printf(Locale.ROOT, "heap in use: %,d KiB early, %,d KiB at the end%n", early / KIB, late / KIB);
            world.recover();
            assertThat(world.promises.broken())
                    .as(() -> String.join("\n", world.story))
                    .isEmpty();
            assertThat(world.withoutAddress).isEmpty();
            assertThat(world.created()).isGreaterThan(POOL);
            assertThat(world.segment.running()).hasSizeGreaterThan(VPSS / 2);
            assertThat(late).as("heap in use").isLessThan(early + MAX_GROWTH);
        }
    }

    private void day(HabitsWorld world) {
        for (int hour = 0; hour < 24; hour++) {
            hour(world);
        }
    }

    /** What is reachable: the least that several collections leave, because other threads allocate meanwhile. */
    private static long liveHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private void hour(HabitsWorld world) {
        for (int quarter = 0; quarter < 4; quarter++) {
            event(world);
            world.pass(Duration.ofMinutes(15));
        }
    }

    private void event(HabitsWorld world) {
        int which = random.nextInt(1_000);
        switch (random.nextInt(24)) {
            case 0, 1, 2 -> world.create(which);
            case 3, 4, 5 -> world.withVps(which, (api, vps) -> world.delete(api, vps.vps()));
            case 6, 7 ->
                world.withVps(which, (api, vps) -> api.vpss()
                        .replaceNic(vps.vps(), api.vpss().drawNic()));
            case 8 -> world.toggleInstance(which);
            case 9 -> world.instance(which).ifPresent(world::breakLinks);
            case 10 -> world.gateway.restart();
            case 11 -> world.gateway.kill();
            default -> {
                // Nothing happens most of the time.
            }
        }
    }
}

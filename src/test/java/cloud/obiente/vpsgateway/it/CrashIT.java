package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Seed;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Killed at any moment, the gateway loses nothing that it has answered. */
class CrashIT {
    private static final int KILLS = Effort.of(8, 50);
    private static final int MAX_ANSWERS = 60;

    private final World world = World.create("crash");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void everyAnsweredChangeSurvivesKillsUnderMixedLoad() {
        Random random = Seed.random(CrashIT.class);
        Ledger ledger = new Ledger();
        world.start();
        for (int kill = 1; kill <= KILLS; kill++) {
            // Given
            try (MixedLoad load = new MixedLoad(world.api(), ledger, random).start()) {
                load.awaitAnswers(1 + random.nextInt(MAX_ANSWERS));

                // When
                world.gateway().kill9();
            }
            world.start();

            // Then
            ledger.settle(world.assertEverythingAgrees());
        }
    }
}

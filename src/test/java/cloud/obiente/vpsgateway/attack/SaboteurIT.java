package cloud.obiente.vpsgateway.attack;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Seed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Somebody takes the gateway's protection apart, piece by piece, and it is put together again each time. */
class SaboteurIT {
    /** Far more than the interval of one second: what is asserted here is that it happens, not how fast. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void whateverIsDamagedIsMendedAndNothingPassesWhatIsIntact() {
        try (Scene scene = new Scene(Scene.Layout.NODE, "saboteur")) {
            scene.guard(Scene.withSnat("1s"));
            try (Scene.Talk owner = scene.ownerWithOutside()) {
                List<Saboteur.Repair> repairs =
                        new Saboteur(scene, TIMEOUT, Seed.random(SaboteurIT.class)).damageAll(owner);

                assertThat(repairs).hasSizeGreaterThan(20);
                // DNS answers a little before the gateway says so.
                scene.gateway().awaitReady();
            }
        }
    }
}

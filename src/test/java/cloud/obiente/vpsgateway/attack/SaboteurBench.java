package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static cloud.obiente.vpsgateway.bench.Figures.median;
import static cloud.obiente.vpsgateway.bench.Figures.percentile;

import cloud.obiente.vpsgateway.bench.Figures;
import cloud.obiente.vpsgateway.lab.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Five minutes of damage, with the times until it was mended; run by script/bench saboteur. The system property
 * {@code saboteur.seconds} makes it shorter or longer.
 */
class SaboteurBench {
    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("saboteur.seconds", 300));
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Test
    void everythingIsDamagedAgainAndAgain() {
        List<Saboteur.Repair> repairs = new ArrayList<>();
        try (Scene scene = new Scene(Scene.Layout.NODE, "bench-saboteur")) {
            scene.guard(Scene.withSnat("1s"));
            try (Scene.Talk owner = scene.ownerWithOutside()) {
                Saboteur saboteur = new Saboteur(scene, TIMEOUT, Seed.random(SaboteurBench.class));
                long end = System.nanoTime() + LENGTH.toNanos();
                while (System.nanoTime() < end) {
                    repairs.addAll(saboteur.damageAll(owner));
                }
            }
        }
        repairs.stream()
                .collect(Collectors.groupingBy(repair -> repair.artefact().name(), TreeMap::new, Collectors.toList()))
                .forEach((name, same) -> print(name, same));
        print("everything", repairs);
    }

    private static void print(String what, List<Saboteur.Repair> repairs) {
        double[] millis = repairs.stream().mapToDouble(Saboteur.Repair::millis).toArray();
        Predicate<Saboteur.Repair> exposed = repair -> !repair.passed().nothing();
        Figures.print(
                what,
                format(
                        "%d times, mended after median %.0f ms, p99 %.0f ms; spoofed packets passed in %d",
                        repairs.size(),
                        median(millis),
                        percentile(millis, 0.99),
                        repairs.stream().filter(exposed).count()),
                "interval 1 s");
    }
}

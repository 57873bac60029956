package cloud.obiente.vpsgateway.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole list of attacks against each of the bridge's two tables without the other. */
class EitherTableIT {

    private static Stream<String> tables() {
        return Effort.first(1, "bridge vps_gateway", "bridge vps_gateway_spare");
    }

    @ParameterizedTest
    @MethodSource("tables")
    void attacksComeToNothingWhereOneTableOfTheBridgeIsMissing(String missing) {
        try (Scene scene = new Scene(Scene.Layout.NODE, "either-table")) {
            scene.guard(Map.of("GATEWAY_RECONCILE_INTERVAL", "1h"));
            scene.deafen();
            // What it had heard of before may still make it look once more.
            await().during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Command.attempt(List.of("nft", "delete table " + missing))
                                    .exitCode()
                            != 0);

            Map<String, String> arrived = Attack.in(Scene.Layout.NODE)
                    .collect(Collectors.toMap(
                            Attack::name, attack -> scene.play(attack).toString()));

            assertThat(arrived).hasSizeGreaterThan(60);
            assertThat(arrived.values()).as("%s", arrived).containsOnly("nothing");
            assertThat(Command.run(List.of("nft", "list tables"))).doesNotContain("table " + missing + "\n");
        }
    }
}

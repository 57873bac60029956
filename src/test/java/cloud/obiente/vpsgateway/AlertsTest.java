package cloud.obiente.vpsgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What operators are given to watch the gateway with asks for metrics that there are, and each alert is tried and explained.
 * That the rules fire when they should is {@code script/check-deploy}'s to try, with promtool.
 */
class AlertsTest {
    private static final Path RULES = Path.of("deploy/prometheus/vps-gateway.rules.yml");
    private static final Path RULE_TESTS = Path.of("deploy/prometheus/vps-gateway.test.yml");
    private static final Pattern METRIC = Pattern.compile("\\bvps_gateway_[a-z_]+");
    private static final Pattern ALERT = Pattern.compile("(?m)^\\s+- alert: (\\w+)$");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deploy/prometheus/vps-gateway.rules.yml",
                "deploy/prometheus/vps-gateway.test.yml",
                "deploy/grafana/vps-gateway.json",
                "docs/runbook.md"
            })
    void onlyMetricsThatThereAreAreAskedFor(String file) throws IOException {
        Set<String> asked = names(METRIC, Path.of(file)).stream()
                .map(name -> name.replaceFirst("_bucket$", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(asked).isNotEmpty().isSubsetOf(names(METRIC, Path.of("docs/metrics.md")));
    }

    @Test
    void eachAlertIsTriedFiringAndSilent() throws IOException {
        List<String> tried = Pattern.compile("(?m)^\\s+- alertname: (\\w+)$")
                .matcher(Files.readString(RULE_TESTS))
                .results()
                .map(found -> found.group(1))
                .toList();

        for (String alert : alerts()) {
            assertThat(tried).as(alert).filteredOn(alert::equals).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void eachAlertHasAParagraphInTheRunbookAndTheRunbookNoOthers() throws IOException {
        List<String> paragraphs = Pattern.compile("(?m)^## (\\w+)$")
                .matcher(Files.readString(Path.of("docs/runbook.md")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(paragraphs).containsExactlyElementsOf(alerts());
        for (String alert : alerts()) {
            assertThat(Files.readString(RULES))
                    .contains("runbook: docs/runbook.md#" + alert.toLowerCase(java.util.Locale.ROOT));
        }
    }

    private static List<String> alerts() throws IOException {
        return ALERT.matcher(Files.readString(RULES))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static Set<String> names(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}

package cloud.obiente.vpsgateway.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the table in docs/configuration.md equal to {@link Variable}; writes it with {@code -Dconfiguration.page=write}. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("docs/configuration.md");
    private static final String BEGIN = "<!-- table of variables: begin -->\n";
    private static final String END = "<!-- table of variables: end -->\n";

    @Test
    void tableInTheDocumentationIsTheListOfVariables() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if ("write".equals(System.getProperty("configuration.page"))) {
            Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end))
                .as(
                        "%s is out of date; run: ./mvnw test -Dtest=%s -Dconfiguration.page=write",
                        PAGE, getClass().getSimpleName())
                .isEqualTo(table());
    }

    private static String table() {
        return Stream.of(Variable.values())
                .map(variable -> "| `%s` | %s | %s |\n"
                        .formatted(
                                variable,
                                variable.meaning(),
                                variable.fallback().description()))
                .collect(Collectors.joining("", "| variable | meaning | default |\n|---|---|---|\n", ""));
    }
}

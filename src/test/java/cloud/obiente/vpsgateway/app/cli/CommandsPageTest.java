package cloud.obiente.vpsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.app.cli.CommandLineRunner.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Keeps the helps in docs/commands.md equal to what the program prints; writes them with {@code -Dcommands.page=write}. */
class CommandsPageTest {
    private static final Path PAGE = Path.of("docs/commands.md");
    private static final String BEGIN = "<!-- helps: begin -->\n";
    private static final String END = "<!-- helps: end -->\n";

    @Test
    void theHelpsOnThePageAreThoseOfTheProgram() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if ("write".equals(System.getProperty("commands.page"))) {
            Files.writeString(PAGE, page.substring(0, begin) + helps() + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end))
                .as(
                        "%s is out of date; run: ./mvnw test -Dtest=%s -Dcommands.page=write",
                        PAGE, getClass().getSimpleName())
                .isEqualTo(helps());
    }

    private static String helps() {
        return commands(CommandLineRunner.commandLine(new Surroundings(Map.of())))
                .map(command -> "\n### " + command.getCommandSpec().qualifiedName() + "\n\n```\n"
                        + command.getUsageMessage(Ansi.OFF)
                                .lines()
                                .map(String::stripTrailing)
                                .collect(Collectors.joining("\n"))
                        + "\n```\n")
                .collect(Collectors.joining("", "", "\n"));
    }

    private static Stream<CommandLine> commands(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().distinct().flatMap(CommandsPageTest::commands));
    }
}

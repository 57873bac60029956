package cloud.obiente.vpsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.app.cli.CommandLineRunner.Surroundings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The arguments that people type, right and wrong. */
class CommandLineTest {

    static Stream<String> commands() {
        return allBelow(CommandLineRunner.commandLine(new Surroundings(Map.of())))
                .map(command -> command.getCommandSpec().qualifiedName());
    }

    private static Stream<CommandLine> allBelow(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().distinct().flatMap(CommandLineTest::allBelow));
    }

    @Test
    void versionSaysWhichOneAndOnWhat() {
        Typed typed = Typed.command("--version");

        assertThat(typed.exitCode()).isZero();
        assertThat(typed.output()).matches("vps-gateway [0-9]+\\.[0-9]+\\.[0-9]+\\R.+, Linux .+\\R");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpThatSaysWhatItDoes(String qualifiedName) {
        String[] words = qualifiedName.split(" ");
        String[] args =
                Stream.concat(Stream.of(words).skip(1), Stream.of("--help")).toArray(String[]::new);

        Typed typed = Typed.command(args);

        assertThat(typed.exitCode()).isZero();
        assertThat(typed.errors()).isEmpty();
        assertThat(typed.output()).startsWith(words.length == 1 ? "Addresses" : "Usage: " + qualifiedName);
        assertThat(typed.output().lines()).allMatch(line -> line.length() <= 100);
    }

    @ParameterizedTest
    @CsvSource({
        "statsu, statsu",
        "--verison, --verison",
        "serve now, now",
        "healthcheck --timeout soon, soon",
    })
    void wrongArgumentsAreNamedAndNothingIsDone(String args, String named) {
        Typed typed = Typed.command(args.split(" "));

        assertThat(typed.exitCode()).isEqualTo(2);
        assertThat(typed.output()).isEmpty();
        List<String> lines = typed.errors().lines().toList();
        assertThat(lines.get(0)).startsWith("vps-gateway: ").contains(named);
        assertThat(lines).last().asString().matches("See: vps-gateway( [a-z]+)? --help");
    }

    @Test
    void aSlipOfThePenIsToldFromWhatWasMeant() {
        assertThat(Typed.command("healtcheck").errors()).contains("vps-gateway healthcheck");
    }

    @Test
    void anArgumentCannotWriteToTheTerminalButAsText() {
        Typed typed = Typed.command("a\u001b[2Jb");

        assertThat(typed.errors()).contains("a\\u001b[2Jb").doesNotContain("\u001b");
    }

    @Test
    void aGatewayThatIsNotThereIsNotHealthy() {
        Typed typed = Typed.in(Map.of("GATEWAY_METRICS_PORT", "1"), "healthcheck");

        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.errors()).contains("http://127.0.0.1:1/health/live does not answer");
    }
}

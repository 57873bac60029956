package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.app.config.Variable;
import cloud.obiente.vpsgateway.app.config.WrittenSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Which settings a command takes for the gateway's: those of its own environment, where there are any. A shell beside a
 * service of systemd has none, and the unit's file is read then.
 */
final class EnvironmentOptions {
    private static final Path UNITS_FILE = Path.of("/etc/vps-gateway/gateway.env");
    private static final String OURS = "GATEWAY_";
    private static final String ENVIRONMENT = "environment";

    private final Map<String, String> environment;

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description =
                    "The gateway's settings, as in a unit's EnvironmentFile. Default: the variables of the environment or,"
                            + " if none begins with GATEWAY_, /etc/vps-gateway/gateway.env.")
    private Optional<Path> file = Optional.empty();

    EnvironmentOptions(CommandLineRunner.Surroundings surroundings) {
        this.environment = surroundings.environment();
    }

    /** Where the settings come from, for people. */
    String origin() {
        return chosen().map(Path::toString).orElse(ENVIRONMENT);
    }

    /** Names and texts, as a gateway would find them in its environment. */
    Map<String, String> variables() {
        Map<String, String> all = new LinkedHashMap<>(environment);
        chosen().ifPresent(source -> {
            all.keySet().removeIf(EnvironmentOptions::isOurs);
            all.putAll(EnvironmentFile.read(source));
        });
        return all;
    }

    /** The names of those that are set to anything. */
    List<String> written() {
        return variables().entrySet().stream()
                .filter(variable -> !variable.getValue().isBlank())
                .map(Map.Entry::getKey)
                .toList();
    }

    WrittenSettings settings() {
        Map<String, String> all = variables();
        return variable -> Optional.ofNullable(all.get(variable.name())).filter(written -> !written.isBlank());
    }

    /** The state directory of the gateway that these settings are for. */
    Path stateDirectory() {
        return Path.of(settings()
                .effective(Variable.GATEWAY_DHCP_LEASES_DIR)
                .orElseThrow()
                .strip());
    }

    private Optional<Path> chosen() {
        boolean hasOwn = environment.keySet().stream().anyMatch(EnvironmentOptions::isOurs);
        return file.or(() -> hasOwn || !Files.isReadable(UNITS_FILE) ? Optional.empty() : Optional.of(UNITS_FILE));
    }

    private static boolean isOurs(String name) {
        return name.startsWith(OURS) || name.equals(Variable.LOG_LEVEL.name());
    }
}

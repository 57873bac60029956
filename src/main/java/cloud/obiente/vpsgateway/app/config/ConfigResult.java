package cloud.obiente.vpsgateway.app.config;

import java.util.List;
import java.util.stream.Collectors;

/** What became of a configuration. */
public sealed interface ConfigResult {

    /**
     * It can be used.
     *
     * @param warnings sentences for the log, one line each
     */
    record Valid(GatewaySettings settings, List<String> warnings) implements ConfigResult {
        public Valid {
            warnings = List.copyOf(warnings);
        }
    }

    /** It cannot; all problems, in the order of the documentation. */
    record Invalid(List<ConfigError> problems) implements ConfigResult {
        public Invalid {
            problems = List.copyOf(problems);
        }

        /** One problem per line. */
        public String message() {
            return problems.stream().map(ConfigError::toString).collect(Collectors.joining("\n"));
        }
    }
}

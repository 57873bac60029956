package cloud.obiente.vpsgateway.app.config;

import java.util.List;
import java.util.stream.Collectors;

/** What became of a configuration. */
public sealed interface Reading {

    /**
     * It can be used.
     *
     * @param warnings sentences for the log, one line each
     */
    record Accepted(GatewaySettings settings, List<String> warnings) implements Reading {
        public Accepted {
            warnings = List.copyOf(warnings);
        }
    }

    /** It cannot; all problems, in the order of the documentation. */
    record Refused(List<Problem> problems) implements Reading {
        public Refused {
            problems = List.copyOf(problems);
        }

        /** One problem per line. */
        public String message() {
            return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        }
    }
}

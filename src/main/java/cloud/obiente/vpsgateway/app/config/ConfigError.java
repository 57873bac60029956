package cloud.obiente.vpsgateway.app.config;

/**
 * One reason not to start.
 *
 * @param variable the variable to change
 * @param fault its value (unless secret), what is wrong with it, and in parentheses what is expected
 */
public record ConfigError(Variable variable, String fault) {
    private static final String NOT_SET = "not set";

    static ConfigError notSet(Variable variable, String expected) {
        return new ConfigError(variable, NOT_SET + " (expected: " + expected + ")");
    }

    /** One line for the operator. */
    @Override
    public String toString() {
        return variable + (fault.startsWith(NOT_SET) ? " " : ": ") + fault;
    }
}

package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.stream.Stream;

/**
 * The least important messages that are logged. DEBUG is about this gateway's decisions and leaves the frameworks at INFO;
 * TRACE adds the frameworks' own messages.
 */
public enum LogLevel {
    TRACE("DEBUG"),
    DEBUG("INFO"),
    INFO("INFO"),
    WARN("WARN"),
    ERROR("ERROR");

    private final String frameworks;

    LogLevel(String frameworks) {
        this.frameworks = frameworks;
    }

    /**
     * Reads a level in any case; {@code warning} is what other programs call {@link #WARN}.
     *
     * @throws InvalidValueException when there is no such level
     */
    static LogLevel parse(String text) {
        String name = text.equalsIgnoreCase("warning") ? "warn" : text;
        return Stream.of(values())
                .filter(level -> level.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new InvalidValueException(text, "trace, debug, info, warn or warning, error"));
    }

    /** The level of everything that is not ours, by the name of the log manager. */
    String frameworks() {
        return frameworks;
    }
}

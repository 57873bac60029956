package cloud.obiente.vpsgateway.app.config;

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

    /** The level of everything that is not ours, by the name of the log manager. */
    String frameworks() {
        return frameworks;
    }
}

package cloud.obiente.vpsgateway.app.config;

/** The least important messages that are logged. The names are those of the log manager. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
}

package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.platform.StartFailure;

/** Ends the start because of the configuration. */
final class InvalidConfigException extends StartFailure {
    /** EX_CONFIG of sysexits.h, "something was found in an unconfigured or misconfigured state". */
    static final int EX_CONFIG = 78;

    private static final long serialVersionUID = 1;

    InvalidConfigException(String message) {
        super(message, message, EX_CONFIG);
    }
}

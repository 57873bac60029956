package cloud.obiente.vpsgateway.app.config;

import io.quarkus.runtime.PreventFurtherStepsException;

/**
 * Ends the start because of the configuration. Quarkus looks at the root cause: it prints that message to the standard
 * error without a stack trace and exits with its code. (Thrown bare, that cause would end the start as if it had
 * succeeded: no exit, no message.)
 */
final class InvalidConfigException extends RuntimeException {
    /** EX_CONFIG of sysexits.h, "something was found in an unconfigured or misconfigured state". */
    static final int EX_CONFIG = 78;

    private static final long serialVersionUID = 1;

    InvalidConfigException(String message) {
        super(message, new PreventFurtherStepsException(message, EX_CONFIG));
    }
}

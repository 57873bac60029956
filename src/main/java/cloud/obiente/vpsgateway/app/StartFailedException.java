package cloud.obiente.vpsgateway.app;

import io.quarkus.runtime.PreventFurtherStepsException;

/**
 * The gateway cannot start. The message is all that the operator needs: as the root cause it makes Quarkus print it
 * without a stack trace and exit with its code.
 */
final class StartFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int EXIT_CODE = 1;

    /** @param why what is wrong, and what to do about it */
    StartFailedException(String why) {
        super(why, new PreventFurtherStepsException("vps-gateway cannot start: " + why, EXIT_CODE));
    }
}

package cloud.obiente.vpsgateway.platform;

import io.quarkus.runtime.PreventFurtherStepsException;

/**
 * Ends the start. Quarkus looks at the root cause: it prints that message to the standard error without a stack trace and
 * exits with its code. (Thrown bare, that cause would end the start as if it had succeeded: no exit, no message.)
 */
public abstract class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param why the message of this exception
     * @param shown all that the operator needs: what is wrong, where, and what to do about it
     */
    protected StartFailure(String why, String shown, int exitCode) {
        super(why, new PreventFurtherStepsException(shown, exitCode));
    }
}

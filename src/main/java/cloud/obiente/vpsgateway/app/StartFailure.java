package cloud.obiente.vpsgateway.app;

import io.quarkus.runtime.PreventFurtherStepsException;

/** Reasons not to start. The message is all that the operator needs, so Quarkus shows it without a stack trace. */
final class StartFailure {
    private static final int EXIT_CODE = 1;

    private StartFailure() {}

    /** @param why what is wrong, and what to do about it */
    static PreventFurtherStepsException because(String why) {
        return new PreventFurtherStepsException("vps-gateway cannot start: " + why, EXIT_CODE);
    }
}

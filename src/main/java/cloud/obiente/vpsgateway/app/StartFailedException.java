package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.platform.StartFailure;

/** The gateway cannot start. The message is all that the operator needs. */
final class StartFailedException extends StartFailure {
    private static final long serialVersionUID = 1;
    private static final int EXIT_CODE = 1;

    /** @param why what is wrong, and what to do about it */
    StartFailedException(String why) {
        super(why, "vps-gateway cannot start: " + why, EXIT_CODE);
    }
}

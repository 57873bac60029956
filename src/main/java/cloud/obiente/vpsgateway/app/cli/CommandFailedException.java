package cloud.obiente.vpsgateway.app.cli;

/** A command could not do what it was told; the message is all that the operator needs, one line. */
final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** @param why what is wrong, and what to do about it */
    CommandFailedException(String why) {
        this(why, ExitCodes.BAD_NEWS);
    }

    CommandFailedException(String why, int exitCode) {
        super(why);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}

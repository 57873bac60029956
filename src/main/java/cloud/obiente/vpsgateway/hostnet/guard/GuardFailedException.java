package cloud.obiente.vpsgateway.hostnet.guard;

/** The kernel does not enforce what was decided: a tool is missing, the capability is, or it was refused. */
public final class GuardFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public GuardFailedException(String message) {
        super(message);
    }

    public GuardFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

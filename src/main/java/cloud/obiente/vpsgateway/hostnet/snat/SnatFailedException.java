package cloud.obiente.vpsgateway.hostnet.snat;

/** The source address is not changed. The message says what is wrong and what to do. */
public final class SnatFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public SnatFailedException(String message) {
        super(message);
    }
}

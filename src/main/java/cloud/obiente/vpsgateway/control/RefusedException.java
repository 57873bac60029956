package cloud.obiente.vpsgateway.control;

/** A question that the gateway does not answer, with the reason for the operator; nothing has changed. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of no it is. */
    public enum Kind {
        /** The question is not understood, or one of its arguments is wrong. */
        INVALID,
        /** What it is about does not exist. */
        NOT_FOUND,
        /** Not now: too many questions, the gateway stops, a file cannot be read. */
        UNAVAILABLE,
        /** A fault of ours; it is in the gateway's log. */
        FAILED
    }

    private final Kind kind;

    public RefusedException(Kind kind, String why) {
        super(why);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}

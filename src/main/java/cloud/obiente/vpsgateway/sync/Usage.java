package cloud.obiente.vpsgateway.sync;

/** What is known of whether a VPS uses what it holds. */
public enum Usage {
    /** It has a live lease, or answers. */
    IN_USE,
    /** It was looked for, and is not there. */
    UNUSED,
    /** Nobody has found out: it may be in use. */
    UNKNOWN;

    /** By two kinds of signs: either is enough, and nobody is known to be gone who is only not known to one of them. */
    Usage or(Usage other) {
        if (this == IN_USE || other == IN_USE) {
            return IN_USE;
        }
        return this == UNUSED && other == UNUSED ? UNUSED : UNKNOWN;
    }
}

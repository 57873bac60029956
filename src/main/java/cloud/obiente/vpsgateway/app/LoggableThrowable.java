package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.net.EscapedText;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A throwable as the log shows it: the frames and lines of a stack trace are the JVM's and stay as they are, what the
 * throwable says of itself can be others' text, and is escaped.
 */
final class LoggableThrowable extends Throwable {
    private static final long serialVersionUID = 1;

    private final String description;
    private Throwable cause;

    private LoggableThrowable(Throwable shown) {
        super(null, null, true, true);
        this.description = EscapedText.singleLine(describe(shown));
        setStackTrace(shown.getStackTrace());
    }

    /** What logs it, and what that was caused by, in the same way; as deep as the original. */
    static Throwable of(Throwable shown) {
        return of(shown, new IdentityHashMap<>());
    }

    private static Throwable of(Throwable shown, Map<Throwable, LoggableThrowable> known) {
        LoggableThrowable before = known.get(shown);
        if (before != null) {
            return before;
        }
        LoggableThrowable made = new LoggableThrowable(shown);
        known.put(shown, made);
        if (shown.getCause() != null) {
            made.cause = of(shown.getCause(), known);
        }
        for (Throwable suppressed : shown.getSuppressed()) {
            Throwable copy = of(suppressed, known);
            if (copy != made) {
                made.addSuppressed(copy);
            }
        }
        return made;
    }

    /** A library's may fail while it describes itself; the line is written all the same. */
    private static String describe(Throwable shown) {
        try {
            return String.valueOf(shown);
        } catch (RuntimeException faulty) {
            return shown.getClass().getName();
        }
    }

    @Override
    public synchronized Throwable getCause() {
        return cause;
    }

    /** With the name of the original's class in front, which a message alone would have ours for. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        return description;
    }
}

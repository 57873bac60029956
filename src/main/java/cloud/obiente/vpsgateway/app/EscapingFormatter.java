package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.net.EscapedText;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Formats what another formatter formats, with the text of others escaped ({@link EscapedText}): whatever library writes a line,
 * it is one line, but for the stack trace behind it. Thread-safe as far as the other one is; keeps nothing.
 *
 * <p>Messages of ours never have more than one line, so what looks like two of them is one of somebody else's.
 */
final class EscapingFormatter extends ExtFormatter {
    private final Formatter delegate;

    EscapingFormatter(Formatter delegate) {
        this.delegate = delegate;
    }

    /** For all that this handler, and those it passes lines to, will write. */
    static void install(Handler handler) {
        Formatter present = handler.getFormatter();
        if (present != null && !(present instanceof EscapingFormatter)) {
            handler.setFormatter(new EscapingFormatter(present));
        }
        if (handler instanceof ExtHandler owner) {
            for (Handler inner : owner.getHandlers()) {
                install(inner);
            }
        }
    }

    @Override
    public String format(ExtLogRecord given) {
        ExtLogRecord safe = new ExtLogRecord(given);
        String message = formatMessage(given);
        safe.setResourceBundle(null);
        safe.setParameters(null);
        safe.setMessage(message == null ? null : EscapedText.singleLine(message), ExtLogRecord.FormatStyle.NO_FORMAT);
        safe.setLoggerName(given.getLoggerName() == null ? null : EscapedText.singleLine(given.getLoggerName()));
        safe.setThreadName(given.getThreadName() == null ? null : EscapedText.singleLine(given.getThreadName()));
        safe.setThrown(given.getThrown() == null ? null : LoggableThrowable.of(given.getThrown()));
        return delegate.format(safe);
    }

    @Override
    public boolean isCallerCalculationRequired() {
        return !(delegate instanceof ExtFormatter known) || known.isCallerCalculationRequired();
    }
}

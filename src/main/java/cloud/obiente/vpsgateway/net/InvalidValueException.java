package cloud.obiente.vpsgateway.net;

import java.util.Locale;

/**
 * A text that is not the value it should be. The message quotes the text and says what was expected, so that it can be
 * shown to its writer as it is.
 */
public final class InvalidValueException extends IllegalArgumentException {
    private static final int MAX_QUOTE_LENGTH = 80;

    public InvalidValueException(String text, String expected) {
        super("'" + quote(text) + "' is not valid (expected: " + expected + ")");
    }

    /** A list may have hundreds of thousands of them, and where one was read says nothing of why it is not valid. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** Control characters would let a hostile value forge a second log line. */
    private static String quote(String text) {
        String shown = text.length() > MAX_QUOTE_LENGTH ? text.substring(0, MAX_QUOTE_LENGTH) + "…" : text;
        StringBuilder out = new StringBuilder(shown.length());
        shown.codePoints()
                .forEach(c -> out.append(
                        Character.isISOControl(c) ? String.format(Locale.ROOT, "\\u%04x", c) : Character.toString(c)));
        return out.toString();
    }
}

package cloud.obiente.vpsgateway.net;

/**
 * Text of others, made fit for the log and for terminals: nothing in it can begin a line, move a terminal's cursor, or change what the rest
 * of a line looks like.
 */
public final class EscapedText {
    /** Characters of one message; longer ones are cut, so that a line costs a bounded amount whoever has caused it. */
    public static final int MAX_LENGTH = 4096;

    private EscapedText() {}

    /**
     * On one line: control and format characters (the marks that reverse the direction of writing among them), separators
     * of lines and lone surrogates become {@code \}{@code uXXXX}, the common ones {@code \n}, {@code \r} and {@code \t}.
     * Text without any, the usual case, is returned as it is.
     */
    public static String singleLine(String text) {
        String kept = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
        String clean = kept.codePoints().anyMatch(EscapedText::isHarmful) ? escaped(kept) : kept;
        return kept.length() == text.length()
                ? clean
                : clean + "… (" + (text.length() - kept.length()) + " more characters)";
    }

    private static String escaped(String text) {
        StringBuilder clean = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (isHarmful(character)) {
                appendEscaped(clean, character);
            } else {
                clean.appendCodePoint(character);
            }
        });
        return clean.toString();
    }

    private static void appendEscaped(StringBuilder clean, int character) {
        switch (character) {
            case '\n' -> clean.append("\\n");
            case '\r' -> clean.append("\\r");
            case '\t' -> clean.append("\\t");
            default -> {
                for (char unit : Character.toChars(character)) {
                    clean.append("\\u")
                            .append(Character.forDigit(unit >> 12, 16))
                            .append(Character.forDigit(unit >> 8 & 0xf, 16))
                            .append(Character.forDigit(unit >> 4 & 0xf, 16))
                            .append(Character.forDigit(unit & 0xf, 16));
                }
            }
        }
    }

    /** Whether a character does more than stand there: control, format and surrogate characters, separators of lines. */
    public static boolean isHarmful(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.EscapedText;

/**
 * Who asked for a change, for the audit trail.
 *
 * @param text free text of at most 200 characters on one line
 */
public record Caller(String text) {
    private static final int MAX_LENGTH = 200;
    private static final int REPLACEMENT = '?';

    /** Cuts what is too long; characters that could forge or disguise a line of the trail become question marks. */
    public Caller {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
        text.codePoints()
                .limit(MAX_LENGTH)
                .map(c -> EscapedText.isHarmful(c) ? REPLACEMENT : c)
                .forEach(clean::appendCodePoint);
        text = clean.toString();
    }

    public static Caller of(String text) {
        return new Caller(text);
    }

    @Override
    public String toString() {
        return text;
    }
}

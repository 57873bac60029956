package cloud.obiente.vpsgateway.net;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One label of a host name (RFC 1123 section 2.1): 1 to 63 letters, digits and hyphens, no hyphen at either end.
 *
 * @param text the label in lower case, because DNS does not tell case apart (RFC 4343)
 */
public record DnsLabel(String text) implements Comparable<DnsLabel> {
    private static final String EXPECTED = "1 to 63 letters, digits and hyphens, no hyphen first or last";
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    /** @throws InvalidValueException when the text is not a label */
    public DnsLabel {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(text, EXPECTED);
        }
        text = text.toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a label.
     *
     * @throws InvalidValueException when the text is not a label
     */
    public static DnsLabel parse(String text) {
        return new DnsLabel(text);
    }

    @Override
    public int compareTo(DnsLabel other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}

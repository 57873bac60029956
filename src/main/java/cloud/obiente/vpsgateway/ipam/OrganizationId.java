package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.regex.Pattern;

/**
 * The organization that a VPS belongs to.
 *
 * @param text the API's identifier; empty when the API did not say
 */
public record OrganizationId(String text) {
    private static final String EXPECTED = "empty, or 1 to 128 of A-Z a-z 0-9 . _ : @ -";
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:@-]{0,128}");

    /** The API did not say. Made after the form that it is checked against. */
    public static final OrganizationId UNKNOWN = new OrganizationId("");

    /** @throws InvalidValueException when the text has another form */
    public OrganizationId {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(text, EXPECTED);
        }
    }

    /** @throws InvalidValueException when the text is neither empty nor 1 to 128 of {@code [A-Za-z0-9._:@-]} */
    public static OrganizationId parse(String text) {
        return new OrganizationId(text);
    }

    public boolean isKnown() {
        return !text.isEmpty();
    }

    /** This organization when it is known, else the other. */
    public OrganizationId or(OrganizationId other) {
        return isKnown() ? this : other;
    }

    @Override
    public String toString() {
        return text;
    }
}

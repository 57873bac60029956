package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The identifier that a DHCP client chose for itself (option 61, RFC 2132 section 9.14).
 *
 * @param text 1 to 255 octets as lower-case hex pairs joined by colons, as dnsmasq writes them
 */
public record ClientId(String text) {
    private static final String EXPECTED = "1 to 255 hex octets joined by colons, such as 01:02:00:00:00:00:01";
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}(?::[0-9a-f]{2}){0,254}+");
    private static final HexFormat OCTETS = HexFormat.ofDelimiter(":");

    /** @throws InvalidValueException when the text is anything else */
    public ClientId {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(text, EXPECTED);
        }
    }

    /** The octets in transmission order. */
    public byte[] octets() {
        return OCTETS.parseHex(text);
    }

    @Override
    public String toString() {
        return text;
    }
}

package cloud.obiente.vpsgateway.net;

import java.util.regex.Pattern;

/**
 * The name of a network interface: 1 to 15 bytes (IFNAMSIZ − 1, {@code net/if.h}). Of what the kernel takes ({@code
 * dev_valid_name} in net/core/dev.c) only names that mean nothing special to a command line or to dnsmasq.conf.
 *
 * @param text the name as the kernel knows it
 */
public record InterfaceName(String text) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

    /** @throws InvalidValueException when the text is not such a name */
    public InterfaceName {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(
                    text, "an interface name such as vmbr1: 1 to 15 letters, digits, '_', '-' and '.'");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}

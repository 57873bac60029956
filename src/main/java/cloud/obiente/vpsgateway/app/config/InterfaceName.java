package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.regex.Pattern;

/**
 * The name of a network interface: at most 15 characters, because the kernel's IFNAMSIZ is 16. Of what the kernel accepts
 * (dev_valid_name in net/core/dev.c) only names that mean nothing special to a command line or to dnsmasq.conf.
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

package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.Locale;

/** Whether unknown clients may be served on a segment with other DHCP servers. */
enum SharedDynamic {
    ALLOWED,
    REFUSED;

    /** Reads {@code true} or {@code false}, whatever the case. */
    static SharedDynamic parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> ALLOWED;
            case "false" -> REFUSED;
            default -> throw new InvalidValueException(text, "true, false");
        };
    }
}

package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The rule for paths. They are written into dnsmasq.conf and found again in dnsmasq's log: the characters refused here mean
 * something in the one, or may look different in the other.
 */
final class AbsolutePath {
    private static final Pattern FORM = Pattern.compile("/[\\x20-\\x7e&&[^,\"'#\\\\]]*");

    private AbsolutePath() {}

    /** @throws InvalidValueException when the text is not such a path */
    static Path parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(
                    text,
                    "an absolute path of ASCII letters, digits and signs, without commas, quotes, '#' and backslashes");
        }
        return Path.of(text).normalize();
    }
}

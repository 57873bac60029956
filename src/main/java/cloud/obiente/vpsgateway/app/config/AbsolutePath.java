package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The rule for paths. They are written into dnsmasq.conf, where the characters refused here mean something. */
final class AbsolutePath {
    private static final Pattern FORM = Pattern.compile("/[^\\p{Cntrl},\"'#\\\\]*");

    private AbsolutePath() {}

    /** @throws InvalidValueException when the text is not such a path */
    static Path parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(
                    text, "an absolute path without commas, quotes, '#', backslashes and control characters");
        }
        return Path.of(text).normalize();
    }
}

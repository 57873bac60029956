package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Origins of web pages (RFC 6454, section 6.2): scheme, host, and the port unless it is the scheme's own. Compared as text
 * with what browsers send, so only the form that they send is accepted.
 */
final class WebOrigins {
    private static final Pattern ORIGIN = Pattern.compile("https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?");
    private static final Pattern PORT_OF_ITS_SCHEME = Pattern.compile("http:.*:80|https:.*:443");

    private WebOrigins() {}

    /** @throws InvalidValueException when one of them is not what a browser sends; "*" is none */
    static Set<String> parse(String text) {
        Set<String> origins =
                Arrays.stream(text.split(",", -1)).map(String::strip).collect(Collectors.toUnmodifiableSet());
        if (origins.stream().allMatch(WebOrigins::isOrigin)) {
            return origins;
        }
        throw new InvalidValueException(
                text,
                "origins separated by commas, such as https://panel.example or http://localhost:5173, in lower case and"
                        + " without path");
    }

    private static boolean isOrigin(String text) {
        return ORIGIN.matcher(text).matches()
                && !PORT_OF_ITS_SCHEME.matcher(text).matches();
    }
}

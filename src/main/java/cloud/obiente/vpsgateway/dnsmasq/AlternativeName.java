package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.child.Launcher;
import cloud.obiente.vpsgateway.net.InterfaceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A further name of an interface (ip-link(8), {@code altname}), which ip(8) takes for the interface's own and dnsmasq does not
 * know. Stateless.
 */
final class AlternativeName {
    private static final Pattern LINK = Pattern.compile("^\\d+: ([^:@]+)[:@]");
    private static final int MAX_SECONDS = 2;

    private AlternativeName() {}

    /** The interface's own name, where this is another one of it. Waits for ip(8), two seconds at most. */
    static Optional<String> resolve(InterfaceName name) {
        try {
            Process ip = Launcher.tool(List.of("ip", "-oneline", "link", "show", "dev", name.text()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (!ip.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                    return Optional.empty();
                }
                Matcher link = LINK.matcher(new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                return link.find()
                        ? Optional.of(link.group(1)).filter(own -> !own.equals(name.text()))
                        : Optional.empty();
            } finally {
                ip.destroyForcibly();
            }
        } catch (IOException withoutTheTool) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}

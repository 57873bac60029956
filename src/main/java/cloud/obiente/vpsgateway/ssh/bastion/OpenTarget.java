package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A target of {@code permitopen="host:port"}. The host is compared as it is written, not resolved; {@code *} stands for any
 * host, or any port.
 *
 * @param port empty: any
 */
record OpenTarget(String host, OptionalInt port) {
    private static final String ANY = "*";
    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^\\s:\\[\\]]+)):(\\*|[0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    static OpenTarget parse(String text) {
        Matcher found = FORM.matcher(text);
        if (!found.matches()) {
            throw refusal(text);
        }
        String host = found.group(1) == null ? found.group(2) : found.group(1);
        if (found.group(3).equals(ANY)) {
            return new OpenTarget(host, OptionalInt.empty());
        }
        int port = Integer.parseInt(found.group(3));
        if (port == 0 || port > MAX_PORT) {
            throw refusal(text);
        }
        return new OpenTarget(host, OptionalInt.of(port));
    }

    boolean permits(String target, int wanted) {
        return (host.equals(ANY) || host.equalsIgnoreCase(target)) && (port.isEmpty() || port.getAsInt() == wanted);
    }

    @Override
    public String toString() {
        return host + ":" + (port.isEmpty() ? ANY : port.getAsInt());
    }

    private static InvalidValueException refusal(String text) {
        return new InvalidValueException(text, "a host and a port, such as vps-1:22");
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The options in front of a key (sshd(8), AUTHORIZED_KEYS FILE FORMAT) that mean something here.
 *
 * @param from where the key may be used; empty: anywhere
 * @param permitOpen what may be reached with it; empty: all that the gateway allows
 * @param expiry from when on it is void
 * @param forwarding whether anything may be reached with it
 * @param verifyRequired whether a security key has to verify its user
 */
record KeyOptions(
        Optional<SourcePatterns> from,
        List<OpenTarget> permitOpen,
        Optional<Instant> expiry,
        boolean forwarding,
        boolean verifyRequired) {
    private static final String EXPECTED =
            "from=, permitopen=, expiry-time=, restrict, port-forwarding, verify-required, or an option that grants or"
                    + " forbids what the bastion never does";
    /** What they forbid, or allow, does not exist here. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "agent-forwarding",
            "no-agent-forwarding",
            "x11-forwarding",
            "no-x11-forwarding",
            "pty",
            "no-pty",
            "user-rc",
            "no-user-rc",
            "permitlisten",
            "no-touch-required");

    KeyOptions {
        permitOpen = List.copyOf(permitOpen);
    }

    /**
     * Reads options as they stand in the file, without white space outside of quotes.
     *
     * @param zone of an expiry time that names none
     * @throws InvalidValueException for anything that is not understood: an option that restricts must not be ignored
     */
    static KeyOptions parse(String text, ZoneId zone) {
        Optional<SourcePatterns> from = Optional.empty();
        List<OpenTarget> permitOpen = new ArrayList<>();
        Optional<Instant> expiry = Optional.empty();
        boolean forwarding = true;
        boolean verifyRequired = false;
        for (Option option : split(text)) {
            switch (option.name()) {
                case "from" -> {
                    if (from.isPresent()) {
                        throw new InvalidValueException(text, "from= once");
                    }
                    from = Optional.of(SourcePatterns.parse(option.requiredValue()));
                }
                case "permitopen" -> permitOpen.add(OpenTarget.parse(option.requiredValue()));
                case "expiry-time" -> {
                    Instant end = ExpiryTime.parse(option.requiredValue(), zone);
                    expiry = expiry.filter(end::isAfter).or(() -> Optional.of(end));
                }
                case "restrict", "no-port-forwarding" -> forwarding = false;
                case "port-forwarding" -> forwarding = true;
                case "verify-required" -> verifyRequired = true;
                default -> {
                    if (!WITHOUT_EFFECT.contains(option.name())) {
                        throw new InvalidValueException(option.name(), EXPECTED);
                    }
                }
            }
        }
        return new KeyOptions(from, permitOpen, expiry, forwarding, verifyRequired);
    }

    /** One option; names are compared without regard to case, as OpenSSH does. */
    private record Option(String name, Optional<String> value) {
        String requiredValue() {
            return value.orElseThrow(() -> new InvalidValueException(name, name + "=\"...\""));
        }
    }

    private static List<Option> split(String text) {
        List<Option> options = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && text.charAt(end) != '=' && text.charAt(end) != ',') {
                end++;
            }
            String name = text.substring(at, end).toLowerCase(Locale.ROOT);
            Optional<String> value = Optional.empty();
            if (end < text.length() && text.charAt(end) == '=') {
                int close = closingQuote(text, end + 1);
                value = Optional.of(text.substring(end + 2, close).replace("\\\"", "\""));
                end = close + 1;
            }
            if (end < text.length() && text.charAt(end) != ',' || end == text.length() - 1) {
                throw new InvalidValueException(text, "options separated by single commas");
            }
            options.add(new Option(name, value));
            at = end + 1;
        }
        return options;
    }

    private static int closingQuote(String text, int open) {
        if (open < text.length() && text.charAt(open) == '"') {
            for (int i = open + 1; i < text.length(); i++) {
                if (text.charAt(i) == '"' && text.charAt(i - 1) != '\\') {
                    return i;
                }
            }
        }
        throw new InvalidValueException(text, "values in double quotes");
    }
}

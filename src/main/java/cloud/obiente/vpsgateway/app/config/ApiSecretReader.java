package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_API_SECRET;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_API_SECRET_FILE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_API_SECRET_OVERLAP;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_API_SECRET_WEAK;

import cloud.obiente.vpsgateway.grpc.ApiSecret;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** The rules about the secret. No message here contains it. */
final class ApiSecretReader {
    private static final DurationRange OVERLAP = new DurationRange("0s", "365d");
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");
    private static final String EXPECTED_SECRET = "16 or more printable ASCII characters, no space at either end";

    private final ValueReader values;

    ApiSecretReader(ValueReader values) {
        this.values = values;
    }

    /**
     * Empty when a problem was noted.
     *
     * @param host where callers come in
     */
    Optional<ApiSecretSettings> read(Optional<Ipv4Address> host) {
        Optional<Path> file = values.read(GATEWAY_API_SECRET_FILE, AbsolutePath::parse);
        Optional<ApiSecret> secret = readSecret(file);
        Optional<ApiSecret.Rule> rule = values.read(GATEWAY_API_SECRET_WEAK, ApiSecretReader::parseRule);
        if (secret.isPresent() && rule.isPresent() && !isForDevelopment(secret.get(), host)) {
            secret.get().objection(rule.get()).ifPresent(why -> refuse(file, why));
        }
        secret.flatMap(ApiSecret::weakness)
                .ifPresent(why -> values.warn(source(file) + " " + why
                        + ": anybody who guesses it controls this gateway. Use at least 16 random characters."));
        Optional<Duration> overlap = values.read(GATEWAY_API_SECRET_OVERLAP, OVERLAP::parse);
        return secret.flatMap(current ->
                rule.flatMap(which -> overlap.map(time -> new ApiSecretSettings(current, file, which, time))));
    }

    /** It is in the sources for everybody to read, so nobody but this host may be able to present it. */
    private static boolean isForDevelopment(ApiSecret secret, Optional<Ipv4Address> host) {
        return secret.reveal().equals(ApiSecret.OF_DEVELOPMENT)
                && host.filter(LOOPBACK::equals).isPresent();
    }

    private void refuse(Optional<Path> file, String why) {
        String shown = file.map(Path::toString).orElse("***");
        values.note(new ConfigError(source(file), "'" + shown + "' " + why + " (expected: " + EXPECTED_SECRET + ")"));
    }

    private static ApiSecret.Rule parseRule(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> ApiSecret.Rule.WEAK_ALLOWED;
            case "false" -> ApiSecret.Rule.STRONG_ONLY;
            default -> throw new InvalidValueException(text, "true or false");
        };
    }

    private Optional<ApiSecret> readSecret(Optional<Path> file) {
        Optional<String> inline = values.literal(GATEWAY_API_SECRET);
        Optional<String> fileName = values.literal(GATEWAY_API_SECRET_FILE);
        if (inline.isPresent() && fileName.isPresent()) {
            values.note(new ConfigError(
                    GATEWAY_API_SECRET_FILE,
                    "'" + fileName.get() + "' is set besides GATEWAY_API_SECRET (expected: only one of the two)"));
            return Optional.empty();
        }
        if (inline.isEmpty() && fileName.isEmpty()) {
            values.note(ConfigError.notSet(
                    GATEWAY_API_SECRET, "the secret shared with the API, here or in a file, GATEWAY_API_SECRET_FILE"));
            return Optional.empty();
        }
        return inline.isPresent() ? parse(inline.get()) : file.flatMap(this::readFile);
    }

    private Optional<ApiSecret> parse(String text) {
        try {
            return Optional.of(ApiSecret.parse(text));
        } catch (IllegalArgumentException unusable) {
            values.note(new ConfigError(
                    GATEWAY_API_SECRET, "'***' " + unusable.getMessage() + " (expected: " + EXPECTED_SECRET + ")"));
            return Optional.empty();
        }
    }

    private Optional<ApiSecret> readFile(Path file) {
        try {
            return Optional.of(ApiSecret.readFrom(file));
        } catch (IOException unreadable) {
            noteFile(
                    file, "cannot be read: " + unreadable.getClass().getSimpleName(), "a file that this user can read");
        } catch (IllegalArgumentException unusable) {
            noteFile(file, unusable.getMessage(), EXPECTED_SECRET);
        }
        return Optional.empty();
    }

    private void noteFile(Path file, String fault, String expected) {
        values.note(
                new ConfigError(GATEWAY_API_SECRET_FILE, "'" + file + "' " + fault + " (expected: " + expected + ")"));
    }

    private static Variable source(Optional<Path> file) {
        return file.isPresent() ? GATEWAY_API_SECRET_FILE : GATEWAY_API_SECRET;
    }
}

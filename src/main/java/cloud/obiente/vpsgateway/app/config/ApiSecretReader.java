package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_API_SECRET;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_API_SECRET_FILE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_API_SECRET_OVERLAP;

import cloud.obiente.vpsgateway.grpc.ApiSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The rules about the secret. No message here contains it. */
final class ApiSecretReader {
    private static final DurationRange OVERLAP = new DurationRange("0s", "365d");
    private static final String EXPECTED_SECRET = "16 or more printable ASCII characters, no space at either end";

    private final ValueReader values;

    ApiSecretReader(ValueReader values) {
        this.values = values;
    }

    /** Empty when a problem was noted. */
    Optional<ApiSecretSettings> read() {
        Optional<Path> file = values.read(GATEWAY_API_SECRET_FILE, AbsolutePath::parse);
        Optional<ApiSecret> secret = readSecret(file);
        secret.flatMap(ApiSecret::weakness)
                .ifPresent(why -> values.warn(source(file) + " " + why
                        + ": anybody who guesses it controls this gateway. Use at least 16 random characters."));
        Optional<Duration> overlap = values.read(GATEWAY_API_SECRET_OVERLAP, OVERLAP::parse);
        return secret.flatMap(current -> overlap.map(time -> new ApiSecretSettings(current, file, time)));
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

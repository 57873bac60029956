package cloud.obiente.vpsgateway.grpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The secret that the API and this gateway share. It travels in the header {@code x-api-secret}, so it consists of
 * printable ASCII with no space at either end (gRPC over HTTP/2, "ASCII-Value"). Never printed.
 */
public final class ApiSecret {
    private static final int MIN_STRONG_LENGTH = 16;
    private static final int MAX_LENGTH = 4096;

    /** That of a development server, which listens on loopback only. */
    public static final String OF_DEVELOPMENT = "development-secret-not-for-production";

    private static final Set<String> PLACEHOLDERS = Set.of(
            OF_DEVELOPMENT,
            "change-me-in-production",
            "changeme-in-production",
            "change-this-in-production",
            "change-me",
            "change_me",
            "changeme",
            "your-secret-here",
            "your-api-secret-here",
            "replace-me",
            "placeholder",
            "password",
            "example",
            "default",
            "secret",
            "test");

    /** Which secrets are taken; placeholders never are. */
    public enum Rule {
        STRONG_ONLY,
        /** Short ones as well, as GATEWAY_API_SECRET_WEAK demands. */
        WEAK_ALLOWED
    }

    private final String value;

    private ApiSecret(String value) {
        this.value = value;
    }

    /**
     * Takes the text without the line end that editors and {@code echo} add.
     *
     * @throws IllegalArgumentException when no caller could send it; the message says why and does not quote it
     */
    public static ApiSecret parse(String text) {
        String value = text.replaceFirst("[\r\n]+\\z", "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c <= '~') || !value.equals(value.strip())) {
            throw new IllegalArgumentException("has characters that a gRPC header cannot carry");
        }
        return new ApiSecret(value);
    }

    /**
     * Reads a file that holds nothing else.
     *
     * @throws IOException when the file cannot be read as UTF-8 text
     * @throws IllegalArgumentException as {@link #parse}
     */
    public static ApiSecret readFrom(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** Why nobody should use this secret; empty when nothing is known against it, or nothing that the rule minds. */
    public Optional<String> objection(Rule rule) {
        if (PLACEHOLDERS.contains(value.toLowerCase(Locale.ROOT))) {
            return Optional.of("is a placeholder that everybody knows");
        }
        return rule == Rule.STRONG_ONLY ? weakness() : Optional.empty();
    }

    /** Why this secret is easily guessed; empty when it is not. */
    public Optional<String> weakness() {
        return value.length() < MIN_STRONG_LENGTH
                ? Optional.of("is shorter than " + MIN_STRONG_LENGTH + " characters")
                : Optional.empty();
    }

    /** The text itself: for comparing and for sending, never for printing. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApiSecret that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}

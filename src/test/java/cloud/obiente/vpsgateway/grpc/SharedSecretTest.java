package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSecretTest {
    private static final String OLD = "the-old-secret-of-the-api";
    private static final String NEW = "the-new-secret-of-the-api";
    private static final Duration OVERLAP = Duration.ofMinutes(10);

    private final SettableClock clock = new SettableClock();
    private final List<String> warnings = new ArrayList<>();
    private final SharedSecret secret = secret(ApiSecret.Rule.STRONG_ONLY);

    @TempDir
    private Path directory;

    @Test
    void onlyTheExactSecretMatches() {
        assertThat(secret.matches(OLD)).isTrue();
        assertThat(List.of("", "x", OLD + " ", OLD.toUpperCase(Locale.ROOT), OLD.substring(1)))
                .noneMatch(secret::matches);
    }

    @Test
    void bothSecretsMatchDuringTheOverlapAndOnlyTheNewOneAfterIt() throws IOException {
        secret.reread(fileWith(NEW + "\n"));
        clock.advance(OVERLAP.minusMillis(1));
        assertThat(secret.matches(NEW)).isTrue();
        assertThat(secret.matches(OLD)).isTrue();

        clock.advance(Duration.ofMillis(1));
        assertThat(secret.matches(NEW)).isTrue();
        assertThat(secret.matches(OLD)).isFalse();
    }

    @Test
    void rereadingTheSameContentDoesNotProlongTheOverlap() throws IOException {
        Path file = fileWith(NEW);
        secret.reread(file);
        clock.advance(OVERLAP);
        secret.reread(file);
        assertThat(secret.matches(OLD)).isFalse();
    }

    @Test
    void secondChangeForgetsTheFirstSecret() throws IOException {
        secret.reread(fileWith(NEW));
        secret.reread(fileWith("the-third-secret-of-the-api"));
        assertThat(secret.matches(OLD)).isFalse();
        assertThat(secret.matches(NEW)).isTrue();
        assertThat(secret.matches("the-third-secret-of-the-api")).isTrue();
    }

    @Test
    void fileThatDisappearsKeepsTheSecretAndWarnsOnce() {
        Path missing = directory.resolve("missing");
        secret.reread(missing);
        secret.reread(missing);
        assertThat(secret.matches(OLD)).isTrue();
        assertThat(warnings).singleElement().asString().contains(missing.toString(), "the old secret stays");
    }

    @Test
    void emptyFileKeepsTheSecretAndWarnsAgainAfterARecovery() throws IOException {
        secret.reread(fileWith(""));
        secret.reread(fileWith(OLD));
        secret.reread(fileWith(""));
        assertThat(secret.matches(OLD)).isTrue();
        assertThat(secret.matches("")).isFalse();
        assertThat(warnings).hasSize(2).allMatch(warning -> warning.contains("is empty"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "change-me-in-production"})
    void weakNewSecretIsRefusedAndTheOldOneStays(String weak) throws IOException {
        secret.reread(fileWith(weak));
        assertThat(secret.matches(weak)).isFalse();
        assertThat(secret.matches(OLD)).isTrue();
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("the old secret stays")
                .doesNotContain(weak);
    }

    @Test
    void shortNewSecretIsAcceptedWhereThatIsAllowedWithAWarningThatDoesNotShowIt() throws IOException {
        SharedSecret secret = secret(ApiSecret.Rule.WEAK_ALLOWED);
        secret.reread(fileWith("tiny"));
        assertThat(secret.matches("tiny")).isTrue();
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("is shorter than 16 characters")
                .doesNotContain("tiny");
    }

    @Test
    void swappedSymbolicLinkIsFollowed() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), fileWith(OLD));
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        try {
            assertThat(secret.follow(link, executor).isCancelled()).isFalse();
            Path next = Files.writeString(directory.resolve("next"), NEW);
            Path swap = Files.createSymbolicLink(directory.resolve("swap"), next);
            Files.move(swap, link, StandardCopyOption.ATOMIC_MOVE);
            Awaitility.await().until(() -> secret.matches(NEW));
        } finally {
            executor.shutdownNow();
        }
    }

    private SharedSecret secret(ApiSecret.Rule rule) {
        return new SharedSecret(ApiSecret.parse(OLD), rule, OVERLAP, clock, warnings::add);
    }

    private Path fileWith(String content) throws IOException {
        return Files.writeString(directory.resolve("secret"), content);
    }

    private static final class SettableClock extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}

package cloud.obiente.vpsgateway.grpc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Owns which secrets callers may present: the current one and, for a while after it changed, the one before. Changes run
 * on the executor given to {@link #follow}; {@link #matches} reads an immutable snapshot and may be called on any thread.
 *
 * <p>The file is compared by content, because an orchestrator replaces a mounted secret by swapping a symbolic link, which
 * a watch on the file does not see.
 */
public final class SharedSecret {
    private static final Duration POLL = Duration.ofSeconds(2);

    private final ApiSecret.Rule rule;
    private final Duration overlap;
    private final Clock clock;
    private final Consumer<String> warnings;
    private volatile Candidates candidates;
    private String lastFailure = "";

    /**
     * @param current the secret at start
     * @param rule what a new secret has to obey
     * @param overlap how long a replaced secret is still accepted
     * @param warnings receives a sentence for the log when a new secret is weak or cannot be used; never a secret
     */
    public SharedSecret(
            ApiSecret current, ApiSecret.Rule rule, Duration overlap, Clock clock, Consumer<String> warnings) {
        this.rule = rule;
        this.overlap = overlap;
        this.clock = clock;
        this.warnings = warnings;
        byte[] digest = sha256(current.reveal());
        this.candidates = new Candidates(digest, digest, Instant.MAX);
    }

    /**
     * Whether the caller knows a secret that is accepted now. Takes the same time for every text of one length: digests
     * are compared, and both candidates always.
     */
    public boolean matches(String presented) {
        Candidates now = candidates;
        byte[] digest = sha256(presented);
        boolean isCurrent = MessageDigest.isEqual(digest, now.current);
        boolean isPrevious = MessageDigest.isEqual(digest, now.previous);
        boolean isOverlap = clock.instant().isBefore(now.previousUntil);
        return isCurrent || (isPrevious && isOverlap);
    }

    /** Reads the file every two seconds from now on, until the returned task is cancelled. */
    public ScheduledFuture<?> follow(Path file, ScheduledExecutorService executor) {
        return executor.scheduleWithFixedDelay(
                () -> reread(file), POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A file that cannot be read, or holds no usable secret, changes nothing: it may be in the middle of a swap. */
    public void reread(Path file) {
        try {
            accept(ApiSecret.readFrom(file), file);
            lastFailure = "";
        } catch (IOException unreadable) {
            warnOnce("The API secret file " + file + " cannot be read (" + unreadable + "); the old secret stays.");
        } catch (IllegalArgumentException unusable) {
            warnOnce("The API secret file " + file + " " + unusable.getMessage() + "; the old secret stays.");
        }
    }

    private void accept(ApiSecret secret, Path file) {
        byte[] digest = sha256(secret.reveal());
        byte[] replaced = candidates.current;
        if (MessageDigest.isEqual(digest, replaced)) {
            return;
        }
        secret.objection(rule).ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
        candidates = new Candidates(digest, replaced, clock.instant().plus(overlap));
        secret.weakness().ifPresent(why -> warnings.accept("The new API secret in " + file + " " + why + "."));
    }

    private void warnOnce(String warning) {
        if (!warning.equals(lastFailure)) {
            lastFailure = warning;
            warnings.accept(warning);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Digests of what is accepted. Before the first change, previous equals current. */
    private static final class Candidates {
        private final byte[] current;
        private final byte[] previous;
        private final Instant previousUntil;

        private Candidates(byte[] current, byte[] previous, Instant previousUntil) {
            this.current = current;
            this.previous = previous;
            this.previousUntil = previousUntil;
        }
    }
}

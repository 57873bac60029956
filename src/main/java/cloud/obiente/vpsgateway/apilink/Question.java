package cloud.obiente.vpsgateway.apilink;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One question on its way to every link. Thread {@code api-links}. */
final class Question {
    final Instant deadline;
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    /** Links that have neither answered nor gone. */
    final Set<Link> awaited;
    /** Whether somebody has said that there is no such VPS. */
    boolean denied;

    Question(Instant deadline, Iterable<Link> asked) {
        this.deadline = deadline;
        this.awaited = new HashSet<>();
        asked.forEach(awaited::add);
    }
}

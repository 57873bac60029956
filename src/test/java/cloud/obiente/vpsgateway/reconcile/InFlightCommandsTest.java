package cloud.obiente.vpsgateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InFlightCommandsTest {
    private final AtomicLong revision = new AtomicLong(7);
    private final InFlightCommands inFlight = new InFlightCommands(revision::get);
    private final CompletableFuture<String> work = new CompletableFuture<>();

    @Test
    void nobodyKnowsMoreThanTheOldestUnansweredCommandFound() {
        CompletableFuture<String> other = new CompletableFuture<>();
        CompletionStage<String> first = inFlight.track(() -> work);
        revision.set(8);
        CompletionStage<String> second = inFlight.track(() -> other);
        revision.set(9);
        assertThat(inFlight.known()).isEqualTo(7);

        work.complete("done");
        assertThat(first.toCompletableFuture()).isCompletedWithValue("done");
        assertThat(inFlight.known()).isEqualTo(8);

        other.completeExceptionally(new IllegalStateException("expected"));
        assertThat(second.toCompletableFuture()).isCompletedExceptionally();
        assertThat(inFlight.known()).isEqualTo(9);
    }

    @Test
    void aCallerThatGoesAwayDoesNotEndTheCommand() {
        CompletionStage<String> told = inFlight.track(() -> work);
        revision.set(8);

        told.toCompletableFuture().cancel(false);
        assertThat(inFlight.known()).isEqualTo(7);

        work.complete("done");
        assertThat(inFlight.known()).isEqualTo(8);
    }
}

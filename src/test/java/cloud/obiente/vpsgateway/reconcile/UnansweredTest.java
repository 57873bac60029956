package cloud.obiente.vpsgateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class UnansweredTest {
    private static final VpsId VPS = VpsId.parse("vps-1");

    private final Unanswered unanswered = new Unanswered();
    private final CompletableFuture<String> work = new CompletableFuture<>();

    @Test
    void aVpsCountsUntilTheLastCallAboutItHasEnded() {
        CompletableFuture<String> other = new CompletableFuture<>();
        CompletionStage<String> first = unanswered.during(Set.of(VPS), () -> work);
        CompletionStage<String> second = unanswered.during(Set.of(VPS), () -> other);

        work.complete("done");
        assertThat(first.toCompletableFuture()).isCompletedWithValue("done");
        assertThat(unanswered.now()).containsExactly(VPS);

        other.completeExceptionally(new IllegalStateException("expected"));
        assertThat(second.toCompletableFuture()).isCompletedExceptionally();
        assertThat(unanswered.now()).isEmpty();
    }

    @Test
    void aCallerThatGoesAwayDoesNotLeaveItsVpsBehind() {
        CompletionStage<String> told = unanswered.during(Set.of(VPS), () -> work);

        told.toCompletableFuture().cancel(false);
        assertThat(unanswered.now()).containsExactly(VPS);

        work.complete("done");
        assertThat(unanswered.now()).isEmpty();
    }
}

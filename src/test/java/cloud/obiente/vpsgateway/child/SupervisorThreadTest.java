package cloud.obiente.vpsgateway.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SupervisorThreadTest {
    private final SupervisorThread supervisor = new SupervisorThread("supervisor");
    private final CompletableFuture<String> asked = new CompletableFuture<>();

    @AfterEach
    void close() {
        supervisor.close();
    }

    @Test
    void theAnswerIsPassedOn() {
        CompletionStage<String> answer = supervisor.ask(() -> asked);
        asked.complete("yes");
        assertThat(answer.toCompletableFuture().join()).isEqualTo("yes");
    }

    @Test
    void whoeverGivesUpLetsGoOfTheQuestion() {
        CompletionStage<String> answer = supervisor.ask(() -> asked);
        answer.toCompletableFuture().cancel(false);
        await().until(asked::isCancelled);
    }
}

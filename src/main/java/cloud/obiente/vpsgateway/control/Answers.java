package cloud.obiente.vpsgateway.control;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what other threads answer. Stateless; never on an event loop. */
final class Answers {
    /** Below that of a connection, so that the operator learns of it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private Answers() {}

    /**
     * @param what is waited for, for people
     * @throws RefusedException when it does not come in time, or not at all
     */
    static <T> T await(CompletionStage<T> answer, String what) throws RefusedException {
        try {
            return answer.toCompletableFuture().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new RefusedException(
                    RefusedException.Kind.UNAVAILABLE, what + " has not come within " + TIMEOUT.toSeconds() + " s");
        } catch (ExecutionException fault) {
            throw new RefusedException(RefusedException.Kind.FAILED, what + " failed: " + fault.getCause());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new RefusedException(RefusedException.Kind.UNAVAILABLE, "the gateway is stopping");
        }
    }
}

package cloud.obiente.vpsgateway.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {
    private final RestartBackoff backoff = new RestartBackoff();

    @Test
    void waitsDoubleFromATenthOfASecondToThirtySeconds() {
        long[] waits = new long[11];
        for (int i = 0; i < waits.length; i++) {
            waits[i] = backoff.after(Duration.ZERO).toMillis();
        }
        assertThat(waits).containsExactly(100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000);
    }

    @Test
    void aChildThatServedStartsTheCountAnew() {
        backoff.after(Duration.ZERO);
        backoff.after(Duration.ZERO);

        assertThat(backoff.after(Duration.ofSeconds(1))).hasMillis(100);
        assertThat(backoff.after(Duration.ZERO)).hasMillis(200);
    }
}

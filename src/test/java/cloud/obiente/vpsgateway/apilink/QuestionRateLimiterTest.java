package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** How many questions may be asked in any time. */
class QuestionRateLimiterTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Property
    void nobodyExpectedTwoASecond(@ForAll @Size(max = 200) List<@IntRange(min = 0, max = 5_000) Integer> pauses) {
        assertThat(taken(pauses, 0)).isLessThanOrEqualTo(2 * sum(pauses) / 1_000 + 2);
    }

    @Property
    void somebodyExpectedFourASecond(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 5_000) Integer> pauses,
            @ForAll @IntRange(min = 1, max = 1_000) int expected) {
        assertThat(taken(pauses, expected))
                .isLessThanOrEqualTo(4 * sum(pauses) / 1_000 + QuestionRateLimiter.MAX_BURST);
    }

    @Property(tries = 50)
    void nothingIsLostToTicksOfASecond(@ForAll @IntRange(min = 0, max = 60) int expected) {
        List<Integer> ticks = Collections.nCopies(100, 1_000);
        assertThat(taken(ticks, expected)).isGreaterThanOrEqualTo(expected == 0 ? 200 : 400);
    }

    private static int sum(List<Integer> millis) {
        return millis.stream().mapToInt(Integer::intValue).sum();
    }

    private static int taken(List<Integer> pauses, int expected) {
        Instant now = START;
        QuestionRateLimiter budget = new QuestionRateLimiter(now);
        int taken = 0;
        for (int pause : pauses) {
            now = now.plus(Duration.ofMillis(pause));
            budget.refill(now, expected);
            while (budget.has()) {
                budget.take();
                taken++;
            }
        }
        return taken;
    }
}

package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnansweredTimeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private long now = -Duration.ofDays(1).toNanos();
    private final UnansweredTime silence = new UnansweredTime(SECOND, now);

    @Test
    void lastsFromTheLastAnswerOn() {
        after(SECOND);
        assertThat(after(SECOND)).isEqualTo(Duration.ofSeconds(2));

        silence.reset(now);
        assertThat(after(SECOND)).isEqualTo(SECOND);
    }

    @Test
    void ourOwnPauseIsNoPartOfIt() {
        after(SECOND);
        assertThat(after(Duration.ofMinutes(1))).isEqualTo(Duration.ofSeconds(2));
        assertThat(after(SECOND)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void anAnswerThatIsReadBeforeTheNextCheckEndsItAlsoAfterAPause() {
        after(SECOND);
        now += Duration.ofMinutes(1).toNanos();
        silence.reset(now);
        assertThat(after(Duration.ZERO)).isEqualTo(Duration.ZERO);
    }

    @Test
    void checksThatAreALittleLateCount() {
        Duration late = Duration.ofMillis(1_900);
        after(late);
        assertThat(after(late)).isEqualTo(late.multipliedBy(2));
    }

    private Duration after(Duration time) {
        now += time.toNanos();
        return silence.at(now);
    }
}

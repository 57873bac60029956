package cloud.obiente.vpsgateway.hostnet.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CheckDebounceTest {
    private final CheckDebounce pace = new CheckDebounce();

    @Test
    void waitsLongerWhileChangesKeepComing() {
        assertThat(LongStream.range(0, 10).map(this::waitAfterSeconds))
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 1000L, 1000L);
    }

    @Test
    void isQuickAgainAfterTwoSecondsWithoutAny() {
        LongStream.range(0, 9).forEach(this::waitAfterSeconds);

        assertThat(waitAfterSeconds(9)).isEqualTo(1000);
        assertThat(waitAfterSeconds(11)).isEqualTo(5);
        assertThat(waitAfterSeconds(12)).isEqualTo(10);
    }

    @Test
    void aClockMayBeginAnywhere() {
        assertThat(pace.after(Long.MAX_VALUE)).hasMillis(5);
        assertThat(pace.after(Long.MIN_VALUE)).hasMillis(10);
    }

    private long waitAfterSeconds(long seconds) {
        return pace.after(Duration.ofSeconds(seconds).toNanos()).toMillis();
    }
}

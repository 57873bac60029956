package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleWatchTest {
    private static final long NOTHING_SCHEDULED = -1;

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Test
    void aWatchThatWasStoppedIsNotKeptByTheLoop() {
        IdleWatch watch = new IdleWatch(channel.eventLoop(), System::nanoTime, Duration.ofDays(1), () -> {});
        watch.traffic();
        watch.stop();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(NOTHING_SCHEDULED);
    }
}

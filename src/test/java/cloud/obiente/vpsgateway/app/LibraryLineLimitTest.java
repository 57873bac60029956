package cloud.obiente.vpsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LibraryLineLimitTest {
    private static final String LIBRARY = "io.netty.channel.DefaultChannelPipeline";

    private long now;
    private final LibraryLineLimit limit = new LibraryLineLimit(() -> now);

    @Test
    void aLibraryHasSoManyLinesAMinuteAndTheOthersAreCounted() throws Exception {
        assertThat(passing(LIBRARY, Level.WARNING, 100)).isEqualTo(LibraryLineLimit.MAX_LINES_A_MINUTE);
        assertThat(passing("io.vertx.core.impl.ContextImpl", Level.SEVERE, 1)).isEqualTo(1);

        now += Duration.ofMinutes(1).toNanos();
        List<String> told = LogLines.during(LibraryLineLimit.class.getName(), () -> passing(LIBRARY, Level.SEVERE, 2));
        assertThat(told).singleElement().asString().contains("80 more lines of " + LIBRARY);
    }

    @Test
    void linesOfOursAndInformationAreNotCounted() {
        assertThat(passing("cloud.obiente.vpsgateway.app.Main", Level.SEVERE, 100))
                .isEqualTo(100);
        assertThat(passing("SshBastion", Level.WARNING, 100)).isEqualTo(100);
        assertThat(passing(LIBRARY, Level.INFO, 100)).isEqualTo(100);
    }

    private long passing(String category, Level level, int lines) {
        LogRecord line = new LogRecord(level, "said");
        line.setLoggerName(category);
        return IntStream.range(0, lines).filter(i -> limit.isLoggable(line)).count();
    }
}

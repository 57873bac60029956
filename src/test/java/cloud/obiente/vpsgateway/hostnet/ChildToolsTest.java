package cloud.obiente.vpsgateway.hostnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tools that do what tools should not. */
class ChildToolsTest {
    private final HostTools tools = new ChildTools(Duration.ofSeconds(10));
    private final HostTools hasty = new ChildTools(Duration.ofMillis(500));

    @Test
    void whatAToolSaysIsReadHoweverMuchItIs() throws IOException {
        ToolResult result = tools.run(List.of("sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; echo oops >&2"), "");

        assertThat(result.succeeded()).isTrue();
        assertThat(result.output()).hasSize(1_000_000);
        assertThat(result.errors()).isEqualTo("oops\n");
    }

    /**
     * It ends, and something that it has started goes on and holds what we read from. The JDK lets go of the pipe by itself where
     * nobody has begun to read: then what was written is the answer.
     */
    @Test
    @Timeout(20)
    void aToolThatLeavesSomethingBehindDoesNotHoldUsUp() {
        try {
            assertThat(hasty.run(List.of("sh", "-c", "sleep 30 & echo done"), "")
                            .output())
                    .isEqualTo("done\n");
        } catch (IOException held) {
            assertThat(held).hasMessageContaining("its output has not");
        }
    }

    @Test
    void aToolThatHangsIsKilled() {
        assertThatThrownBy(() -> hasty.run(List.of("sh", "-c", "exec sleep 60"), ""))
                .isInstanceOf(IOException.class)
                .hasMessage("sh has not ended within 500 ms");
    }

    @Test
    void aToolKnowsNothingOfUs() throws IOException {
        ToolResult result = tools.run(List.of("sh", "-c", "tr '\\0' '\\n' </proc/$$/environ"), "");

        assertThat(result.output().lines()).hasSize(2).contains("LC_ALL=C").anyMatch(line -> line.startsWith("PATH=/"));
    }

    @Test
    void oneThatIsNotThereIsAResult() throws IOException {
        assertThat(tools.run("no-such-tool").missing()).isTrue();
    }
}

package cloud.obiente.vpsgateway.hostnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildToolsTest {
    private final HostTools tools = new ChildTools(Duration.ofSeconds(20));

    @Test
    void givesTheInputAndReturnsWhatIsWritten() throws IOException {
        ToolResult result = tools.run(List.of("cat"), "flush ruleset\n");

        assertThat(result.succeeded()).isTrue();
        assertThat(result.output()).isEqualTo("flush ruleset\n");
    }

    @Test
    void carriesMoreThanAPipeHolds() throws IOException {
        String much = "add element inet vps_gateway\n".repeat(100_000);

        assertThat(tools.run(List.of("cat"), much).output()).isEqualTo(much);
    }

    @Test
    void returnsAFailureWithTheToolsOwnWords() throws IOException {
        ToolResult result = tools.run("ls", "/nowhere-at-all");

        assertThat(result.succeeded()).isFalse();
        assertThat(result.complaint()).startsWith("ls ended with 2: ").contains("cannot access '/nowhere-at-all'");
    }

    @Test
    void saysThatAProgramIsNotThere() throws IOException {
        ToolResult result = tools.run("no-such-tool");

        assertThat(result.missing()).isTrue();
        assertThat(result.complaint()).isEqualTo("no-such-tool is not installed");
    }

    @Test
    void doesNotMindAToolThatReadsNothing() throws IOException {
        assertThat(tools.run(List.of("true"), "x".repeat(1_000_000)).succeeded())
                .isTrue();
    }

    @Test
    void killsAToolThatDoesNotEnd() {
        HostTools hasty = new ChildTools(Duration.ofMillis(50));

        assertThatThrownBy(() -> hasty.run("sleep", "3600"))
                .isInstanceOf(IOException.class)
                .hasMessage("sleep has not ended within 50 ms");
    }
}

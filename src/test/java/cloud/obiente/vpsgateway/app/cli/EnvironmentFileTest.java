package cloud.obiente.vpsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EnvironmentFileTest {

    /** systemd.exec(5), EnvironmentFile=. */
    @Test
    void linesAreReadAsSystemdReadsThem() {
        assertThat(EnvironmentFile.parse("""
                # a comment
                ; another
                A=one
                  B = two words\s
                C="in quotes"
                D='as $it \\is'
                E=
                no variable
                F=with\\ a\\ backslash
                G=over \\
                two lines
                H="an = is nothing special"
                I="
                """))
                .containsExactly(
                        entry("A", "one"),
                        entry("B", "two words"),
                        entry("C", "in quotes"),
                        entry("D", "as $it \\is"),
                        entry("E", ""),
                        entry("F", "with a backslash"),
                        entry("G", "over two lines"),
                        entry("H", "an = is nothing special"),
                        entry("I", "\""));
    }

    @Test
    void theUnitsOwnFileCanBeRead() throws Exception {
        assertThat(EnvironmentFile.parse(Files.readString(Path.of("deploy/systemd/gateway.env"))))
                .containsKeys("GATEWAY_API_SECRET", "GATEWAY_DHCP_INTERFACE");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> EnvironmentFile.read(Path.of("/nowhere/gateway.env")))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("/nowhere/gateway.env")
                .hasMessageContaining("--env-file");
    }
}

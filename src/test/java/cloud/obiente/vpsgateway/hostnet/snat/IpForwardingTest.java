package cloud.obiente.vpsgateway.hostnet.snat;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.LogLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpForwardingTest {
    @TempDir
    Path directory;

    private Path setting;

    @BeforeEach
    void name() {
        setting = directory.resolve("ip_forward");
    }

    @Test
    void whereItMayNotBeSetItStaysOffAndTheWarningSaysWhatToDo() throws Exception {
        // Given
        Files.writeString(setting, "0\n");

        // When
        List<String> said = check(false);

        // Then
        assertThat(Files.readString(setting)).isEqualTo("0\n");
        assertThat(said)
                .containsExactly("net.ipv4.ip_forward is off: nothing of the VPSs leaves this host until you run"
                        + " 'sysctl -w net.ipv4.ip_forward=1'");
    }

    @Test
    void whereItMayBeSetItIsSwitchedOn() throws Exception {
        // Given
        Files.writeString(setting, "0\n");

        // When
        List<String> said = check(true);

        // Then
        assertThat(Files.readString(setting)).isEqualTo("1");
        assertThat(said).containsExactly("net.ipv4.ip_forward was off; switched on (GATEWAY_MANAGE_SYSCTL)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsOnIsLeftAlone(boolean mayBeSet) throws Exception {
        // Given
        Files.writeString(setting, "1\n");

        // When
        List<String> said = check(mayBeSet);

        // Then
        assertThat(Files.readString(setting)).isEqualTo("1\n");
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatCannotBeReadIsAWarning(boolean mayBeSet) throws Exception {
        // When
        List<String> said = check(mayBeSet);

        // Then
        assertThat(said)
                .singleElement()
                .asString()
                .startsWith(setting + " cannot be read or set (")
                .endsWith("; run 'sysctl -w net.ipv4.ip_forward=1' on the host");
    }

    private List<String> check(boolean mayBeSet) throws Exception {
        return LogLines.during(IpForwarding.class.getName(), () -> new IpForwarding(setting).check(mayBeSet));
    }
}

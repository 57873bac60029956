package cloud.obiente.vpsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNameTest {

    @ParameterizedTest
    @CsvSource({"pve-2, pve-2", "'PVE2.example.org\n', pve2", "'', unknown", ".example, unknown", "my_host, unknown"})
    void itIsTheFirstLabel(String written, String expected) {
        assertThat(HostName.parse(written)).hasToString(expected);
    }
}

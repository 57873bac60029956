package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortSetTest {

    @Test
    void portsAndRangesAreContained() {
        PortSet ports = PortSet.parse("22, 2200-2202,65535");
        assertThat(ports).hasToString("22,2200-2202,65535");
        assertThat(IntStream.of(22, 2200, 2201, 2202, 65_535)).allMatch(ports::contains);
        assertThat(IntStream.of(0, 21, 23, 2199, 2203, 65_536, -22)).noneMatch(ports::contains);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "22,", "23-22", "ssh", "-22", "22-", "1-2-3", "022"})
    void everythingElseIsRefused(String text) {
        assertThatThrownBy(() -> PortSet.parse(text)).isInstanceOf(InvalidValueException.class);
    }
}

package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnauthenticatedCallLimitTest {
    private final UnauthenticatedCallLimit limit = new UnauthenticatedCallLimit();

    @Test
    void oneAddressHasFewPlacesOnWhateverPort() {
        assertThat(IntStream.range(0, UnauthenticatedCallLimit.MAX_PER_ADDRESS)
                        .allMatch(port -> limit.enter(caller("10.15.3.20", port))))
                .isTrue();
        assertThat(limit.enter(caller("10.15.3.20", 40_000))).isFalse();
        assertThat(limit.enter(caller("10.15.3.21", 40_000))).isTrue();
    }

    @Test
    void allTogetherHaveNoMoreThanTheirPlaces() {
        long let = IntStream.range(0, 2 * UnauthenticatedCallLimit.MAX)
                .filter(host -> limit.enter(caller("10.15." + host / 250 + "." + (1 + host % 250), 1_000)))
                .count();
        assertThat(let).isEqualTo(UnauthenticatedCallLimit.MAX);
    }

    @Test
    void placesAreGivenBack() {
        SocketAddress caller = caller("10.15.3.20", 1);
        for (int round = 0; round < 2 * UnauthenticatedCallLimit.MAX; round++) {
            assertThat(limit.enter(caller)).isTrue();
            limit.leave(caller);
        }
    }

    private static SocketAddress caller(String address, int port) {
        return new InetSocketAddress(address, port);
    }
}

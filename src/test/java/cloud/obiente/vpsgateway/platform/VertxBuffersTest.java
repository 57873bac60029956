package cloud.obiente.vpsgateway.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** What we rely on of Vert.x' own classes. */
class VertxBuffersTest {
    @Test
    void aBufferOverAnArrayIsNoCopyOfIt() {
        byte[] bytes = {0, 1, 2, 3, 4};
        Buffer part = VertxBuffers.over(bytes, 1, 3);

        bytes[2] = 7;

        assertThat(part.getBytes()).containsExactly(1, 7, 3);
    }
}

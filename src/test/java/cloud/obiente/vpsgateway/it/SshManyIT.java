package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Short connections by the thousands. */
class SshManyIT {
    private static final int CALLERS = 4;
    private static final int CONNECTIONS = Effort.of(2_000, 10_000);
    private static final int WARM_UP = 400;
    /** Workers of the JVM go when they have had nothing to do for half of it. */
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    /** What the JVM starts by itself while it runs: compiler and GC threads. */
    private static final int THREADS_OF_THE_JVM = 6;

    private final World world = World.create("ssh-many")
            .withFakeVpss()
            // Netty logs each buffer that is collected without having been released.
            .with("JAVA_TOOL_OPTIONS", "-Dio.netty.leakDetection.level=paranoid");
    private final FakeVps echo = FakeVps.echo();

    @AfterEach
    void stop() {
        echo.close();
        world.close();
    }

    @Test
    void theyLeaveNothing() throws Exception {
        // Given
        world.start();
        connectOften(WARM_UP);
        awaitAllClosed();
        long descriptors = world.gateway().descriptors();
        long threads = world.gateway().threads();

        // When
        connectOften(CONNECTIONS);

        // Then
        awaitAllClosed();
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(world.gateway().descriptors()).isLessThanOrEqualTo(descriptors));
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(world.gateway().threads())
                .isLessThanOrEqualTo(threads + THREADS_OF_THE_JVM));
        assertThat(world.gateway().output()).doesNotContain("LEAK");
        assertThat(world.metric("vps_gateway_ssh_proxy_connections_total{organization_id=\"\",vps_id=\"other\"}"))
                .isBetween(0.7 * CONNECTIONS, 1.1 * CONNECTIONS);
    }

    private void awaitAllClosed() {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(echo.open()).isZero();
            assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isZero();
            assertThat(world.metric("vps_gateway_ssh_proxy_buffer_bytes")).isZero();
        });
    }

    private void connectOften(int connections) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                all.add(callers.submit(() -> connect(connections / CALLERS)));
            }
            for (Future<?> one : all) {
                one.get(5, TimeUnit.MINUTES);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private void connect(int connections) {
        try (ProxyClient client = world.proxyClient()) {
            for (int i = 0; i < connections; i++) {
                ProxyStream stream = client.stream().connect("a", echo.port()).data("a", "x");
                if (i % 8 == 0) {
                    stream.cancel();
                    continue;
                }
                assertThat(stream.next()).isEqualTo("a connected");
                assertThat(stream.next()).isEqualTo("a data x");
                if (i % 8 == 1) {
                    stream.halfClose();
                    assertThat(stream.next()).isEqualTo("a closed");
                } else {
                    stream.close("a");
                }
                assertThat(stream.end().isOk()).isTrue();
            }
        }
    }
}

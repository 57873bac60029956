package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.FakeVps;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Logins by the hundreds, and channels by the thousand. */
class BastionManyIT {
    private static final int CALLERS = 4;
    private static final int LOGINS = Effort.of(100, 300);
    private static final int CHANNELS = Effort.of(400, 1_000);
    private static final int WARM_UP = 40;
    /** Workers of the JVM go when they have had nothing to do for half of it. */
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    /** What the JVM starts by itself while it runs: compiler and GC threads. */
    private static final int THREADS_OF_THE_JVM = 6;

    private final World world = World.create("bastion-many")
            .withFakeVpss()
            .with("JAVA_TOOL_OPTIONS", "-Dio.netty.leakDetection.level=paranoid");
    private final BastionClient client = BastionClient.of(world, "bastion-many-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private final FakeVps echo = FakeVps.echo();

    @AfterEach
    void stop() {
        echo.close();
        world.close();
    }

    @Test
    void theyLeaveNothing() throws Exception {
        // Given
        client.authorize(line(key));
        world.start();
        BastionClient.Person person = client.person(key);
        logInOften(person, WARM_UP);
        openChannels(person, WARM_UP);
        awaitAllClosed();
        long descriptors = world.gateway().descriptors();
        long threads = world.gateway().threads();

        // When
        logInOften(person, LOGINS);
        openChannels(person, CHANNELS);

        // Then
        awaitAllClosed();
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(world.gateway().descriptors()).isLessThanOrEqualTo(descriptors));
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(world.gateway().threads())
                .isLessThanOrEqualTo(threads + THREADS_OF_THE_JVM));
        assertThat(world.gateway().output()).doesNotContain("LEAK");
        assertThat(world.metric("vps_gateway_ssh_bastion_logins_total{result=\"accepted\"}"))
                .isEqualTo(WARM_UP + LOGINS + 2);
    }

    private void awaitAllClosed() {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(echo.open()).isZero();
            assertThat(world.metric("vps_gateway_ssh_bastion_clients")).isZero();
            assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isZero();
            assertThat(world.metric("vps_gateway_ssh_proxy_buffer_bytes")).isZero();
        });
    }

    private void logInOften(BastionClient.Person person, int logins) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int login = 0; login < logins; login++) {
                boolean killed = login % 8 == 0;
                all.add(callers.submit(() -> {
                    logIn(person, killed);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(5, TimeUnit.MINUTES);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private void logIn(BastionClient.Person person, boolean killed) throws IOException, InterruptedException {
        Process ssh = new ProcessBuilder(person.toBastion(List.of("-W", "127.0.0.1:" + echo.port())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream in = ssh.getOutputStream()) {
            in.write('x');
            in.flush();
            assertThat(ssh.getInputStream().read()).isEqualTo('x');
            if (killed) {
                ssh.destroyForcibly();
            }
        }
        assertThat(ssh.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private void openChannels(BastionClient.Person person, int channels) throws IOException {
        try (BastionForward forward = BastionForward.start(person, echo.port(), client.file("forward"))) {
            for (int i = 0; i < channels; i++) {
                try (Socket socket = new Socket()) {
                    socket.connect(forward.address());
                    socket.getOutputStream().write('x');
                    assertThat(socket.getInputStream().read()).isEqualTo('x');
                }
            }
        }
    }
}

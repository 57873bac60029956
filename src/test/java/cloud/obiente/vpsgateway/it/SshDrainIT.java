package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway that is told to stop lets SSH connections go on for a while. */
class SshDrainIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final World world = World.create("ssh-drain").with("GATEWAY_SSH_DRAIN", "10s");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void liveConnectionsAreToldWhenTheirTimeIsOver() throws Exception {
        // Given
        world.start();
        world.sshVps("vps-1", MAC);
        SshStream stream = new SshStream(world.api().client());
        assertThat(stream.connect("vps-1")).isEqualTo("connected");

        // When
        CompletableFuture<Integer> exit = Background.supply("terminating", world.gateway()::terminate);

        // Then
        await().until(() -> stream.connect("vps-1").equals("gateway is shutting down"));
        assertThat(exit).isNotDone();
        assertThat(stream.awaitClosed()).isEqualTo("gateway is shutting down");
        assertThat(exit).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(0);
    }

    @Test
    void theStatusOfADrainingProxyIsStopped() throws Exception {
        // Given
        world.with("GATEWAY_SSH_DRAIN", "10m").start();
        world.sshVps("vps-1", MAC);
        SshStream stream = new SshStream(world.api().client());
        assertThat(stream.connect("vps-1")).isEqualTo("connected");
        assertThat(world.api().info().getSshProxyStatus()).isEqualTo("running");

        // When
        CompletableFuture<Integer> exit = Background.supply("terminating", world.gateway()::terminate);

        // Then
        await().until(() -> world.api().info().getSshProxyStatus(), "stopped"::equals);

        // When
        stream.close();

        // Then
        assertThat(exit).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(0);
    }
}

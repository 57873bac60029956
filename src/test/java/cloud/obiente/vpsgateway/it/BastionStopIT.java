package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the bastion begins and ends. */
class BastionStopIT {
    private final World world = World.create("bastion-stop").with("GATEWAY_SSH_DRAIN", "40s");
    private final BastionClient client = BastionClient.of(world, "bastion-stop-files");
    private final Path key = client.key("key", "-t", "ed25519");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void liveConnectionsGoOnForAWhileAndNewOnesAreRefused() throws Exception {
        // Given
        client.authorize(line(key));
        world.start();
        client.startVps();
        BastionClient.Person ops = client.person(key);
        Process live =
                new ProcessBuilder(ops.jump("root@vps-1", "echo here; read word; echo still $word; sleep 600")).start();
        BufferedReader said = live.inputReader();
        assertThat(said.readLine()).isEqualTo("here");

        // When
        CompletableFuture<Integer> exit = Background.supply("terminating", world.gateway()::terminate);

        // Then
        await().until(() -> Command.attempt(ops.jump("root@vps-1", "true"))
                .output()
                .contains("open failed: administratively prohibited: gateway is shutting down"));
        try (BufferedWriter typing = live.outputWriter()) {
            typing.write("there\n");
        }
        assertThat(said.readLine()).isEqualTo("still there");
        assertThat(exit).succeedsWithin(Duration.ofMinutes(2)).isEqualTo(0);
        assertThat(live.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(world.gateway().output()).contains("target=vps-1").contains("end='gateway is shutting down'");
    }

    @Test
    void aPortThatSomebodyHasEndsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(BastionClient.PORT)) {
            GatewayProcess gateway = world.launch();
            assertThat(gateway.awaitExit()).isEqualTo(1);
            assertThat(gateway.output())
                    .contains("vps-gateway cannot start: the bastion cannot listen on 0.0.0.0:" + taken.getLocalPort())
                    .contains("GATEWAY_SSH_BASTION_PORT");
        }
    }

    @Test
    void aHostKeyThatCannotBeUsedEndsTheStart() {
        GatewayProcess gateway = world.with(
                        "GATEWAY_SSH_HOST_KEY_FILE",
                        client.key("rsa", "-t", "rsa").toString())
                .launch();
        assertThat(gateway.awaitExit()).isEqualTo(1);
        assertThat(gateway.output()).contains("the host key of the bastion", "no ed25519 key is in it");
    }
}

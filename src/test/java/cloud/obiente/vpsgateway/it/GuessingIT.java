package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Http2Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Somebody who guesses at the secret, as fast as one connection goes. */
class GuessingIT extends OneGateway {
    private static final String LIST = "/obiente.cloud.vpsgateway.v1.VPSGatewayService/ListIPs";
    private static final String GUESSER = "127.0.4.1";
    private static final int GUESSES = 10_000;

    GuessingIT() {
        super(World.create("guessing"));
    }

    @Test
    void isLoggedAtOnceAndHasToWaitAfterTwentyGuesses() throws IOException {
        // When
        int made = 0;
        try (Http2Peer guesser = new Http2Peer(InetAddress.getByName(GUESSER), GatewayProcess.GRPC_PORT)) {
            for (int stream = 1; made < GUESSES; stream += 2, made++) {
                guesser.post(stream, LIST, Map.of("content-type", "application/grpc", "x-api-secret", "guess-" + made));
                guesser.awaitEnd(stream);
            }
        } catch (IOException cut) {
            // The address has to wait.
        }

        // Then
        assertThat(made).isBetween(20, 40);
        await().until(() -> world.gateway().output().contains(GUESSER + " made 21 calls without the secret"));
        assertThat(world.gateway().output().lines().filter(line -> line.contains(GUESSER)))
                .hasSize(2)
                .first()
                .asString()
                .contains("wrong x-api-secret");
        assertThat(world.metric("vps_gateway_secret_failures_total{kind=\"wrong\",port=\"grpc\"}"))
                .isBetween(20.0, 40.0);
        assertThat(world.metric("vps_gateway_banned_addresses{port=\"grpc\"}")).isEqualTo(1);
        assertThat(api.list()).isEmpty();
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process that may have few files open, and unauthenticated peers who take as many as they get. */
class FewDescriptorsIT {
    private static final int LIMIT = 256;
    private static final int ADDRESSES = 16;

    private final World world = World.create("few-descriptors");
    private final List<Socket> peers = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        world.close();
    }

    @Test
    void unauthenticatedPeersLeaveThePortsTheStoreAndTheChildrenWhatTheyNeed() throws IOException {
        // Given
        world.launch("prlimit", "--nofile=" + LIMIT + ":" + LIMIT);
        world.gateway().awaitReady();
        assertThat(world.gateway().output()).contains("256 file descriptors", "LimitNOFILE");
        world.gateway()
                .get("/health/ready")
                .then()
                .statusCode(200)
                .body(World.checkNamed("file descriptors") + ".data.limit", equalTo(LIMIT));

        // When
        for (int i = 0; i < 2 * LIMIT; i++) {
            peers.add(connect(i, i % 2 == 0 ? GatewayProcess.GRPC_PORT : GatewayProcess.METRICS_PORT));
        }

        // Then: an API that has never shown the secret gets in at the first try
        for (int i = 0; i < 20; i++) {
            world.api().allocate("vps-" + i);
        }
        assertThat(world.gateway().isReady()).isTrue();
        assertThat(world.gateway().descriptors()).isLessThan(LIMIT);
        assertThat(world.resolve("vps-1")).hasSize(1);
        world.dnsmasq().destroyForcibly();
        assertThat(world.resolve("vps-2")).hasSize(1);
    }

    /** From several addresses of the loopback device. */
    private static Socket connect(int number, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, 0, 3, (byte) (1 + number % ADDRESSES)}), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }
}

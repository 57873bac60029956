package cloud.obiente.vpsgateway.app;

import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.connections.PortConnections;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That Quarkus' servers have our gates. */
@QuarkusTest
class GatedPortsTest {
    private static final int SOCKETS = 40;

    @TestHTTPResource
    URI calls;

    @TestHTTPResource(value = "/", management = true)
    URI management;

    @Inject
    GatedPorts ports;

    @Test
    void aConnectionToThePortOfCallsCountsBeforeItHasSaidAnything() throws IOException {
        assertCounted(calls.getPort());
    }

    @Test
    void soDoesOneToTheManagementPort() throws IOException {
        assertCounted(management.getPort());
    }

    private void assertCounted(int port) throws IOException {
        // Both are chosen at random here, and hence are not that of the settings.
        PortConnections connections = ports.at(0);
        int before = connections.open();
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < SOCKETS; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            // Some that other tests have left may go meanwhile.
            await().until(() -> connections.open() > before + SOCKETS / 2);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        await().until(() -> connections.open() <= before);
    }
}

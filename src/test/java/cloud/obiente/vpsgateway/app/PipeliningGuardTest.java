package cloud.obiente.vpsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PipeliningGuardTest {
    /** Their answers are more than the kernel keeps for somebody who does not read. */
    private static final int REQUESTS = 500_000;

    /** With the secret: who has not shown it may not ask that often. */
    private static final String REQUEST =
            "GET /nothing HTTP/1.1\r\nHost: g\r\nX-Api-Secret: development-secret-not-for-production\r\n\r\n";

    private static final int AT_ONCE = 100;

    @TestHTTPResource
    URI calls;

    @TestHTTPResource(value = "/", management = true)
    URI management;

    /** Both ports are 0 in this test, and share what an address may do until it has shown the secret. */
    @BeforeEach
    void showTheSecret() throws IOException {
        try (Socket socket = connect(calls.getPort())) {
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
    }

    @Test
    void whoPipelinesCallsAndDoesNotReadIsCutOff() {
        assertCutOff(calls.getPort());
    }

    @Test
    void whoPipelinesQuestionsToTheManagementPortAndDoesNotReadIsCutOff() {
        assertCutOff(management.getPort());
    }

    @Test
    void whoPipelinesAndReadsIsAnswered() throws IOException {
        try (Socket socket = connect(calls.getPort())) {
            socket.getOutputStream().write(REQUEST.repeat(AT_ONCE).getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answers.split("HTTP/1.1 404", -1)).hasSize(AT_ONCE + 1);
        }
    }

    private static void assertCutOff(int port) {
        byte[] requests = REQUEST.repeat(AT_ONCE).getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> {
                    try (Socket socket = connect(port)) {
                        for (int sent = 0; sent < REQUESTS; sent += AT_ONCE) {
                            socket.getOutputStream().write(requests);
                        }
                    }
                })
                .isInstanceOf(IOException.class);
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }
}

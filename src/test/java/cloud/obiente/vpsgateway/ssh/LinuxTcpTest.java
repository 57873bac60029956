package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(
        value = OS.LINUX,
        architectures = {"amd64", "aarch64"})
class LinuxTcpTest {
    @Test
    void asksAndTellsTheKernel() throws IOException {
        LinuxTcp tcp = LinuxTcp.find().orElseThrow();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
                    SocketChannel accepted = server.accept()) {
                tcp.setUserTimeout(client, Duration.ofSeconds(60));
                client.write(ByteBuffer.wrap(new byte[100]));
                await().until(() -> !tcp.awaitsAcknowledgement(client));
                assertThat(accepted.read(ByteBuffer.allocate(200))).isEqualTo(100);
            }
        }
    }
}

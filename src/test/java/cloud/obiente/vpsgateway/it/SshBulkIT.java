package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Much goes through a gateway with little memory, over both protocols. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshBulkIT {
    private static final byte[] PIECE = new byte[32 << 10];

    private final World world = World.create("ssh-bulk").withFakeVpss();
    private final FakeVps echo = FakeVps.echo();

    @BeforeAll
    void start() {
        world.start();
    }

    @AfterAll
    void stop() {
        echo.close();
        world.close();
    }

    private Stream<Arguments> protocols() {
        Supplier<ProxyClient> grpc = world::proxyClient;
        Supplier<ProxyClient> connect = world::connectProxyClient;
        return Stream.of(Arguments.of("gRPC", grpc), Arguments.of("Connect", connect));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("protocols")
    void everyByteComesBack(String protocol, Supplier<ProxyClient> clients) {
        int size = Effort.of(8 << 20, 100 << 20);
        byte[] sent = new byte[size];
        new Random(size).nextBytes(sent);
        try (ProxyClient client = clients.get()) {
            ProxyStream stream = client.stream().connect("a", echo.port());
            assertThat(stream.next()).isEqualTo("a connected");
            Thread sender = new Thread(() -> stream.sendAll("a", sent, PIECE.length), "sender");
            sender.start();
            stream.awaitBytes("a", sent);
        }
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isZero();
            assertThat(world.metric("vps_gateway_ssh_proxy_buffer_bytes")).isZero();
        });
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A gateway with little memory, over both protocols: much that goes through it, and much that cannot. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshStalledIT {
    private static final byte[] PIECE = new byte[32 << 10];
    private static final int STALLED = 60;
    private static final long OFFERED_TO_EACH = 16L << 20;
    private static final double HELD_BY_EACH = 256 << 10;

    private final List<ProxyClient> callers = new ArrayList<>();
    private final World world = World.create("ssh-stalled")
            .with("GATEWAY_SSH_ALLOWED_TARGETS", "127.0.0.0/8")
            .with("GATEWAY_SSH_ALLOWED_PORTS", "1-65535");
    private final CountDownLatch awake = new CountDownLatch(1);
    private final FakeVps deaf = new FakeVps(socket -> awaitQuietly(awake));
    private final FakeVps talkative = new FakeVps(socket -> {
        OutputStream out = socket.getOutputStream();
        for (long sent = 0; sent < OFFERED_TO_EACH; sent += PIECE.length) {
            out.write(PIECE);
        }
    });
    private final FakeVps echo = FakeVps.echo();

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @BeforeAll
    void start() {
        world.start();
    }

    @AfterAll
    void stop() {
        awake.countDown();
        Stream.of(deaf, talkative, echo).forEach(FakeVps::close);
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
        int size = 100 << 20;
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

    @ParameterizedTest(name = "{0}")
    @MethodSource("protocols")
    void stalledConnectionsHoldABoundedAmountAndOthersGoOn(String protocol, Supplier<ProxyClient> clients) {
        List<ProxyStream> toDeaf = new ArrayList<>();
        for (int i = 0; i < STALLED; i++) {
            // Callers that do not read stop their whole HTTP/2 connection, so each has its own.
            ProxyClient client = clients.get();
            callers.add(client);
            if (i % 2 == 0) {
                toDeaf.add(client.stream().connect("a", deaf.port()));
            } else {
                assertThat(client.unreadStream().connect("a", talkative.port()).hasEnded())
                        .isFalse();
            }
        }
        assertThat(ProxyStream.sendUntilStopped(toDeaf, "a", PIECE, OFFERED_TO_EACH))
                .isLessThan(OFFERED_TO_EACH * toDeaf.size());

        assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isEqualTo(STALLED);
        assertThat(world.metric("vps_gateway_ssh_proxy_buffer_bytes"))
                .isPositive()
                .isLessThanOrEqualTo(STALLED * HELD_BY_EACH);
        try (ProxyClient client = clients.get()) {
            ProxyStream stream = client.stream().connect("a", echo.port()).data("a", "hello");
            assertThat(stream.next()).isEqualTo("a connected");
            assertThat(stream.next()).isEqualTo("a data hello");
        }
        assertThat(world.gateway().output()).doesNotContain("OutOfMemory");
    }

    @AfterEach
    void nothingIsLeft() {
        callers.forEach(ProxyClient::close);
        callers.clear();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isZero();
            assertThat(world.metric("vps_gateway_ssh_proxy_buffer_bytes")).isZero();
        });
    }
}

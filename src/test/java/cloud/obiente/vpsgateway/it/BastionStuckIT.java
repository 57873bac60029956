package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.FakeVps;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hundreds of channels over few connections, stuck at one end; the gateway has 96 MiB of heap, and 8 MiB for all of them. */
class BastionStuckIT {
    private static final int CLIENTS = 4;
    private static final int MANY_EACH = 150;
    private static final int FEWER_EACH = 50;
    private static final long OFFERED = 64L << 20;
    private static final long BUFFER = 8L << 20;
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String ACTIVE = "vps_gateway_ssh_proxy_connections_active";
    private static final String HELD = "vps_gateway_ssh_proxy_buffer_bytes";
    private static final String FROM_VPSS =
            "vps_gateway_ssh_proxy_bytes_transmitted_total{direction=\"in\",organization_id=\"\",vps_id=\"other\"}";

    private final World world = World.create("bastion-stuck")
            .withFakeVpss()
            .with("GATEWAY_SSH_MAX_BUFFER", "8MiB")
            .with("GATEWAY_SSH_MAX_DIALS", "1000");
    private final BastionClient client = BastionClient.of(world, "bastion-stuck-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private final CountDownLatch end = new CountDownLatch(1);
    private final FakeVps echo = FakeVps.echo();
    private final FakeVps stuck = new FakeVps(socket -> {
        socket.setReceiveBufferSize(64 << 10);
        awaitEnd();
    });
    private final FakeVps endless = new FakeVps(BastionStuckIT::writeForEver);
    private final List<BastionForward> forwards = new ArrayList<>();
    private final List<SocketChannel> sockets = new ArrayList<>();

    @BeforeEach
    void start() {
        client.authorize(line(key));
        world.start();
    }

    @AfterEach
    void stop() throws IOException {
        end.countDown();
        for (SocketChannel socket : sockets) {
            socket.close();
        }
        forwards.forEach(BastionForward::close);
        List.of(echo, stuck, endless).forEach(FakeVps::close);
        world.close();
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void writeForEver(Socket socket) throws IOException {
        byte[] piece = new byte[32 << 10];
        while (true) {
            socket.getOutputStream().write(piece);
        }
    }

    @Test
    void vpssThatDoNotReadHoldBackWhatTheyAreSent() throws Exception {
        open(stuck, MANY_EACH);
        long[] offered = new long[sockets.size()];
        await().atMost(TIMEOUT).during(QUIET).until(() -> {
            assertThat(world.metric(HELD)).isLessThanOrEqualTo(BUFFER);
            return offerToAll(offered) == 0;
        });

        assertThat(Arrays.stream(offered).max().orElseThrow()).isLessThan(OFFERED);
        assertThat(Arrays.stream(offered).sum()).isGreaterThan(4 * BUFFER);
        assertOthersGoOn();
    }

    /** As much as is taken at once. */
    private long offerToAll(long[] offered) throws IOException {
        byte[] piece = new byte[32 << 10];
        long taken = 0;
        for (int i = 0; i < offered.length; i++) {
            int now = 1;
            while (now > 0 && offered[i] < OFFERED) {
                now = sockets.get(i).write(ByteBuffer.wrap(piece));
                offered[i] += now;
                taken += now;
            }
        }
        return taken;
    }

    /** Half of them take no packets, the other half keep the windows of their channels closed. */
    @Test
    void clientsThatDoNotReadHoldBackWhatTheirVpssSend() throws Exception {
        open(endless, FEWER_EACH);
        for (SocketChannel socket : sockets) {
            await().until(() -> socket.read(ByteBuffer.allocate(1)) == 1);
        }
        forwards.subList(0, CLIENTS / 2).forEach(BastionForward::stop);
        AtomicLong before = new AtomicLong();
        await().atMost(TIMEOUT).during(QUIET).until(() -> {
            long now = (long) world.metric(FROM_VPSS);
            return before.getAndSet(now) == now;
        });

        assertThat(world.metric(ACTIVE)).isEqualTo(CLIENTS * FEWER_EACH);
        assertOthersGoOn();
    }

    private void open(FakeVps vps, int channels) throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            BastionForward forward = forward(vps);
            for (int channel = 0; channel < channels; channel++) {
                SocketChannel socket = SocketChannel.open();
                socket.setOption(StandardSocketOptions.SO_RCVBUF, 64 << 10);
                socket.connect(forward.address());
                socket.configureBlocking(false);
                sockets.add(socket);
            }
        }
        await().until(() -> vps.open() == CLIENTS * channels);
    }

    private BastionForward forward(FakeVps vps) {
        BastionForward forward =
                BastionForward.start(client.person(key), vps.port(), client.file("forward-" + forwards.size()));
        forwards.add(forward);
        return forward;
    }

    private void assertOthersGoOn() throws IOException {
        assertThat(world.metric(HELD)).isBetween(1.0, (double) BUFFER);
        try (Socket other = new Socket()) {
            other.connect(forward(echo).address());
            other.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(other.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
        }
        assertThat(world.gateway().isReady()).isTrue();
        assertThat(world.api().list()).isEmpty();
        assertThat(world.gateway().output()).doesNotContain("OutOfMemory", "OutOfDirectMemory");

        forwards.forEach(BastionForward::close);
        end.countDown();
        await().atMost(TIMEOUT).until(() -> world.metric(HELD) == 0 && world.metric(ACTIVE) == 0);
    }
}

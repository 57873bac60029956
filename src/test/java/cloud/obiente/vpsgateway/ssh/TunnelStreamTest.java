package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.lab.FakeVps;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream whose caller is played by the test, to the last detail of what it reads and when. */
class TunnelStreamTest {
    private static final long BUFFER = 64 << 20;
    /** Far more than the sockets between gateway and VPS hold. */
    private static final int SLOWLY_READ = 120 << 20;

    private volatile IpamSnapshot allocations = Allocations.snapshot();
    private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
    private final EventLoop loop = loops.next();
    private final Tunnels tunnels = tunnels();
    private final TestCaller caller = new TestCaller();
    private final TunnelStream stream = tunnels.open(Caller.of("test"), caller, loop);

    @AfterEach
    void nothingIsLeft() {
        run(() -> stream.abandon("the test is over"));
        await().until(() ->
                tunnels.connections() == 0 && tunnels.bufferedBytes().now() == 0);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aCallerThatReadsNothingIsNotAskedForMoreAfterAConnect() throws IOException {
        int closed;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = unused.getLocalPort();
        }
        caller.ready = false;
        run(() -> stream.connect("a", "127.0.0.1", closed, ""));
        await().until(() -> caller.heard.contains("a failed connection refused by 127.0.0.1:" + closed));
        assertThat(caller.asked).isZero();

        caller.ready = true;
        run(stream::callerTook);
        assertThat(caller.asked).isEqualTo(1);
    }

    @Test
    void aVpsThatReadsSlowlyGetsAllThatWasAcceptedBeforeTheClose() throws Exception {
        CompletableFuture<Integer> got = new CompletableFuture<>();
        try (FakeVps vps = new FakeVps(socket -> got.complete(readSlowly(socket.getInputStream())))) {
            run(() -> {
                stream.connect("a", "127.0.0.1", vps.port(), "");
                stream.data("a", ByteBuffer.allocate(SLOWLY_READ));
                stream.close("a");
            });
            assertThat(got.get(120, TimeUnit.SECONDS)).isEqualTo(SLOWLY_READ);
        }
    }

    @Test
    void ofTooManyStreamsThatAreHeldBackTheFirstIsGivenUp() throws Exception {
        // Given
        caller.windowBytes = (int) BUFFER / 2 + 1;
        TestCaller later = new TestCaller();
        later.windowBytes = caller.windowBytes;
        CompletableFuture<Void> end = new CompletableFuture<>();
        TunnelStream first = tunnels.open(Caller.of("test"), caller, loop);
        TunnelStream second = tunnels.open(Caller.of("test"), later, loop);
        try (FakeVps stuck = new FakeVps(socket -> end.join())) {

            // When
            run(() -> offerTooMuch(first, stuck));
            run(() -> offerTooMuch(second, stuck));

            // Then
            await().until(() ->
                    caller.heard.contains("a failed too slow: too many connections wait for VPSs that do not"
                            + " read (GATEWAY_SSH_MAX_BUFFER)"));
            await().until(() -> caller.asked == 2);
            await().until(() -> later.heard.contains("a connected"));
            assertThat(later.heard).hasSize(1);
            assertThat(later.asked).isEqualTo(1);
        } finally {
            end.complete(null);
            run(() -> first.abandon("the test is over"));
            run(() -> second.abandon("the test is over"));
        }
    }

    private static void offerTooMuch(TunnelStream stream, FakeVps vps) {
        stream.connect("a", "127.0.0.1", vps.port(), "");
        stream.data("a", ByteBuffer.allocate(40 << 20));
    }

    @Test
    void aVpsThatResetsWhileBytesWaitForItIsToldAsAReset() throws Exception {
        try (FakeVps vps = new FakeVps(socket -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        })) {
            run(() -> {
                stream.connect("a", "127.0.0.1", vps.port(), "");
                stream.data("a", ByteBuffer.allocate(40 << 20));
            });
            await().until(() -> caller.heard.size() == 2);
            assertThat(caller.heard)
                    .containsExactly("a connected", "a failed connection reset by 127.0.0.1:" + vps.port());
        }
    }

    @Test
    void anAddressThatChangesHandsDuringTheDialIsNotConnected() throws Exception {
        allocations = Allocations.snapshot(Allocations.held("vps-1", "127.0.0.1", Allocation.Kind.PUBLIC));
        try (FakeVps vps = new FakeVps(socket -> {})) {
            run(() -> {
                stream.connect("a", "vps-1", vps.port(), "");
                allocations = Allocations.snapshot(Allocations.held("vps-2", "127.0.0.1", Allocation.Kind.PUBLIC));
            });
            await().until(() ->
                    caller.heard.contains("a failed 127.0.0.1 has changed hands while it was dialed; try again"));
        }
    }

    /** Four times as long in all as a VPS may take for nothing. */
    private static int readSlowly(InputStream in) throws IOException {
        int all = 0;
        for (int read = in.readNBytes(1 << 20).length; read > 0; read = in.readNBytes(1 << 20).length) {
            all += read;
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        return all;
    }

    private void run(Runnable work) {
        loop.submit(work).syncUninterruptibly();
    }

    private Tunnels tunnels() {
        SshSettings.Limits limits = new SshSettings.Limits(100, 10, 10, BUFFER);
        return LoopbackTunnels.open(
                LoopbackTunnels.settings(limits, Optional.empty(), Duration.ofSeconds(1), Duration.ofSeconds(3)),
                () -> allocations,
                new Deaf(),
                new LoopbackTunnels.Records());
    }

    private static final class Deaf implements TunnelListener, TunnelListener.Traffic {
        @Override
        public Traffic connected(Optional<Allocation> holder) {
            return this;
        }

        @Override
        public void in(int bytes) {}

        @Override
        public void out(int bytes) {}

        @Override
        public void ended(Duration lasted) {}
    }

    private static final class TestCaller implements CallerStream {
        private final Queue<String> heard = new ConcurrentLinkedQueue<>();
        private volatile boolean ready = true;
        private volatile int asked;
        private int windowBytes;

        @Override
        public void connected(String id) {
            heard.add(id + " connected");
        }

        @Override
        public void data(String id, byte[] bytes) {
            heard.add(id + " data");
        }

        @Override
        public void failed(String id, String reason) {
            heard.add(id + " failed " + reason);
        }

        @Override
        public void closed(String id, String reason) {
            heard.add(id + " closed");
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // On the event loop only.
        public void askForOne() {
            asked++;
        }

        @Override
        public void complete() {
            heard.add("completed");
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public int windowBytes() {
            return windowBytes;
        }

        @Override
        public int backlogBytes() {
            return 0;
        }
    }
}

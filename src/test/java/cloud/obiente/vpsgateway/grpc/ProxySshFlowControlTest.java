package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever does not read stops whoever sends, with a bounded amount in between. */
class ProxySshFlowControlTest {
    private static final byte[] PIECE = new byte[32 << 10];
    private static final long MAX_HELD = 256 << 10;
    /** More than all kernel buffers and windows on the way. */
    private static final long OFFERED = 64L << 20;

    private final CountDownLatch awake = new CountDownLatch(1);
    private final AtomicLong vpsRead = new AtomicLong();
    private final AtomicLong vpsWrote = new AtomicLong();
    private final FakeVps deaf = new FakeVps(socket -> {
        socket.setReceiveBufferSize(64 << 10);
        awaitQuietly(awake);
        byte[] buffer = new byte[64 << 10];
        for (int n = socket.getInputStream().read(buffer);
                n >= 0;
                n = socket.getInputStream().read(buffer)) {
            vpsRead.addAndGet(n);
        }
    });
    private final FakeVps talkative = new FakeVps(socket -> {
        OutputStream out = socket.getOutputStream();
        for (long sent = 0; sent < OFFERED; sent += PIECE.length) {
            out.write(PIECE);
            vpsWrote.addAndGet(PIECE.length);
        }
    });
    private ProxyServer server = new ProxyServer(ProxyServer.settings());
    private ProxyClient client = client(server.port());

    /** The protocol that carries the streams. */
    ProxyClient client(int port) {
        return ProxyClient.grpc(port, "");
    }

    @AfterEach
    void nothingIsLeft() {
        awake.countDown();
        client.close();
        await().until(server::isEmpty);
        server.close();
        deaf.close();
        talkative.close();
    }

    private void restart(SshSettings settings, ServerInterceptor... interceptors) {
        client.close();
        server.close();
        server = new ProxyServer(settings, interceptors);
        client = client(server.port());
    }

    @Test
    void aVpsThatDoesNotReadHoldsItsCallerBack() {
        ProxyStream stream = client.stream().connect("a", deaf.port());
        assertThat(stream.next()).isEqualTo("a connected");
        long sent = stream.sendUntilStopped("a", PIECE, OFFERED);
        assertThat(sent).isLessThan(OFFERED);
        // Longer than the time that it could hold others back: alone, it may.
        await().during(Duration.ofSeconds(2)).until(() -> !stream.hasMessages() && !stream.hasEnded());
        assertThat(server.tunnels().bufferedBytes().most()).isPositive().isLessThanOrEqualTo(MAX_HELD);

        awake.countDown();
        stream.close("a").end();
        await().untilAtomic(vpsRead, read -> assertThat(read).isEqualTo(sent));
    }

    @Test
    void withoutFlowControlThatVpsWouldFillTheMemory() {
        restart(ProxyServer.settings(), new AsksForEverything());
        ProxyStream stream = client.stream().connect("a", deaf.port());
        assertThat(stream.next()).isEqualTo("a connected");
        AtomicLong sent = new AtomicLong();
        await().until(() -> sent.addAndGet(stream.sendUntilStopped("a", PIECE, OFFERED - sent.get())) == OFFERED);
        await().until(() -> server.tunnels().bufferedBytes().most() > 16 * MAX_HELD);
        stream.cancel();
    }

    @Test
    void aStuckConnectionIsEndedAndTheOthersGoOn() {
        try (FakeVps echo = FakeVps.echo()) {
            ProxyStream stream = client.stream().connect("stuck", deaf.port()).connect("b", echo.port());
            assertThat(stream.next()).endsWith("connected");
            assertThat(stream.next()).endsWith("connected");
            stream.sendUntilStopped("stuck", PIECE, OFFERED);
            stream.data("b", "hello");
            assertThat(stream.next()).isEqualTo("stuck error too slow");
            assertThat(Stream.generate(stream::next)
                            .dropWhile("stuck error connection not found"::equals)
                            .findFirst())
                    .contains("b data hello");
        }
    }

    @Test
    void aCallerThatDoesNotReadHoldsItsVpsBack() {
        ProxyStream stream = client.unreadStream().connect("a", talkative.port());
        long wrote = awaitRest(vpsWrote);
        assertThat(wrote).isLessThan(OFFERED);
        assertThat(server.tunnels().bufferedBytes().most()).isPositive().isLessThanOrEqualTo(MAX_HELD);

        stream.read(Integer.MAX_VALUE);
        assertThat(stream.next()).isEqualTo("a connected");
        assertThat(stream.bytes("a", (int) OFFERED)).hasSize((int) OFFERED);
        assertThat(stream.next()).isEqualTo("a closed");
    }

    @Test
    void withoutFlowControlThatCallerWouldFillTheMemory() {
        restart(ProxyServer.settings(), new IsAlwaysReady());
        ProxyStream stream = client.unreadStream().connect("a", talkative.port());
        await().until(() -> server.tunnels().bufferedBytes().most() > 16 * MAX_HELD);
        stream.cancel();
    }

    @Test
    void allTogetherHoldABoundedAmount() {
        int streams = 20;
        long limit = 1 << 20;
        restart(ProxyServer.settings(new SshSettings.Limits(100, 100, 100, limit), Optional.empty()));
        for (int i = 0; i < streams; i++) {
            ProxyStream stream = client.unreadStream().connect("a", talkative.port());
            assertThat(stream.hasEnded()).isFalse();
        }
        awaitRest(vpsWrote);
        // Beyond the limit each may hold one chunk, so that none stands still.
        assertThat(server.tunnels().bufferedBytes().most()).isLessThanOrEqualTo(limit + streams * (64L << 10));
    }

    @Test
    void refusalsThatNobodyReadsAreNotCollected() {
        ProxyStream stream = client.unreadStream();
        long offered = 300_000;
        assertThat(stream.sendUntilStopped("nobody", new byte[1], offered)).isLessThan(offered);
        assertThat(server.tunnels().bufferedBytes().most()).isLessThanOrEqualTo(MAX_HELD);
    }

    private static long awaitRest(AtomicLong counter) {
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(400))
                .atMost(Duration.ofSeconds(60))
                .until(() -> counter.get() > 0 && before.getAndSet(counter.get()) == counter.get());
        return counter.get();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a server does that does not care: every message is welcome at once. */
    private static final class AsksForEverything implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            ServerCall.Listener<Q> listener = next.startCall(call, headers);
            call.request(1_000_000);
            return listener;
        }
    }

    /** What a server does that does not ask: it sends whatever there is. */
    private static final class IsAlwaysReady implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return next.startCall(
                    new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
                        @Override
                        public boolean isReady() {
                            return true;
                        }
                    },
                    headers);
        }
    }
}

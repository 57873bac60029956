package cloud.obiente.vpsgateway.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Http2Peer;
import io.netty.bootstrap.ServerBootstrap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a connection may do before and after it has shown the secret, frame by frame, on a server of Vert.x. */
class FloodsOnTheWireTest {
    private static final Map<String, String> SECRET = Map.of("x-api-secret", "the secret");
    private static final Duration PROOF_TIMEOUT = Duration.ofSeconds(10);
    private static final ConnectionLimits LIMITS =
            new ConnectionLimits(64, 64, 64, 64, PROOF_TIMEOUT, Duration.ofMinutes(10), Duration.ofMinutes(1));
    private static final String UPGRADE =
            "GET / HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n";

    private static final int ENHANCE_YOUR_CALM = 0xb;
    /** More than an unauthenticated peer may send of anything, and fewer than a connection that has shown the secret. */
    private static final int FLOOD = 5_100;

    private final AtomicLong now = new AtomicLong();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final PeerAddresses addresses = new PeerAddresses(nobody -> false, now::get, new PeerListener() {
        @Override
        public void failed(Failure failure) {}

        @Override
        public void banned() {
            told.add("banned");
        }
    });
    private final PortConnections connections =
            new PortConnections("grpc", LIMITS, now::get, addresses, new ConnectionListener() {
                @Override
                public void ended(CloseReason reason) {
                    told.add(reason.name());
                }

                @Override
                public void refused() {
                    told.add("refused");
                }

                @Override
                public void blocked(Block why) {
                    told.add(why.name());
                }
            });
    private final Vertx vertx = new VertxBuilder(new VertxOptions().setEventLoopPoolSize(2))
            .findTransport(new JDKTransport() {
                @Override
                public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                    super.configure(options, domainSocket, bootstrap);
                    bootstrap.handler(new ConnectionGate(connections, anybody -> true));
                }
            })
            .serviceProviders(List.of())
            .init()
            .vertx();
    private int port;

    @BeforeEach
    void start() {
        Router router = Router.router(vertx);
        router.route().handler(new CallAdmission(addresses, "the secret"::equals));
        router.route().handler(new Http1Requests());
        router.route().handler(routing -> routing.response().end());
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(0)
                        .setHttp2RstFloodMaxRstFramePerWindow(30_000))
                .requestHandler(router)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        port = server.actualPort();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        await().until(() -> connections.open() == 0);
    }

    /** What costs work and says nothing. */
    private enum Flood {
        SETTINGS(Http2Peer.SETTINGS, 0, 0),
        PINGS(Http2Peer.PING, 0, 8),
        WINDOW_UPDATES(Http2Peer.WINDOW_UPDATE, 0, 4),
        PRIORITIES(2, 1, 5),
        UNKNOWN_FRAMES(0xfa, 1, 0);

        private final int type;
        private final int stream;
        private final int length;

        Flood(int type, int stream, int length) {
            this.type = type;
            this.stream = stream;
            this.length = length;
        }

        void send(Http2Peer peer) throws IOException {
            byte[] payload = new byte[length];
            // An increment, a weight, a number of a PING: of none of them is 1 a fault by itself.
            if (length > 0) {
                payload[length - 1] = 1;
            }
            peer.write(type, 0, stream, payload);
        }
    }

    /** Header names are lower case (RFC 9113 section 8.2.1). */
    @Test
    void streamsThatTheCodecHasToResetEndAnUnauthenticatedConnection() throws IOException {
        byte[] upperCase = {0, 5, 'U', 'P', 'P', 'E', 'R', 1, 'x'};
        try (Http2Peer peer = new Http2Peer(port)) {
            int[] stream = {1};
            sendUntilCut(() -> {
                peer.write(Http2Peer.HEADERS, 4, stream[0], upperCase);
                stream[0] += 2;
            });
            assertCalmed(peer);
        }
        assertThat(told).contains("FLOOD", "banned");
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void anUnauthenticatedPeerIsToldToBeCalmAndHasToWait(Flood flood) throws IOException {
        try (Http2Peer peer = new Http2Peer(port)) {
            sendUntilCut(() -> flood.send(peer));
            assertCalmed(peer);
        }
        assertThat(told).containsExactly("banned", "FLOOD");
        assertThat(isOpen()).isFalse();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(isOpen()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void whoHasShownTheSecretMaySendAsMany(Flood flood) throws IOException {
        try (Http2Peer api = new Http2Peer(port)) {
            api.get(1, "/", SECRET);
            api.awaitEnd(1);
            for (int i = 0; i < FLOOD; i++) {
                flood.send(api);
            }
            api.get(3, "/");
            api.awaitEnd(3);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void streamsThatAreResetAtOnceEndAnUnauthenticatedConnection() throws IOException {
        try (Http2Peer peer = new Http2Peer(port)) {
            int[] stream = {1};
            sendUntilCut(() -> {
                peer.get(stream[0], "/");
                peer.write(Http2Peer.RST_STREAM, 0, stream[0], new byte[] {0, 0, 0, 8});
                stream[0] += 2;
            });
            assertCalmed(peer);
        }
        assertThat(told).containsExactly("banned", "FLOOD");
    }

    /** An API may begin with all its calls at once. */
    @Test
    void thousandsOfCallsWithTheSecretInTheFirstMomentAreServed() throws IOException {
        int calls = 90;
        try (Http2Peer api = new Http2Peer(port)) {
            for (int round = 0; round < 30; round++) {
                for (int i = 0; i < calls; i++) {
                    api.get(1 + 2 * (round * calls + i), "/", SECRET);
                }
                api.awaitEnd(1 + 2 * (round * calls + calls - 1));
            }
        }
        assertThat(told).isEmpty();
    }

    @Test
    void callsWithoutTheSecretAreFew() throws IOException {
        try (Http2Peer peer = new Http2Peer(port)) {
            int[] stream = {1};
            sendUntilCut(() -> {
                peer.get(stream[0], "/");
                stream[0] += 2;
            });
            assertCalmed(peer);
        }
        assertThat(told).containsExactly("banned", "FLOOD");
    }

    @Test
    void whoShowsNoSecretInTimeIsClosed() throws IOException {
        try (Http2Peer peer = new Http2Peer(port);
                Http2Peer api = new Http2Peer(port);
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket halfAHead = new Socket(InetAddress.getLoopbackAddress(), port)) {
            peer.get(1, "/");
            peer.awaitEnd(1);
            api.get(1, "/", SECRET);
            api.awaitEnd(1);
            say(halfAHead, "GET / HTTP/1.1\r\nHost: gateway\r\n");
            await().until(() -> connections.open() == 4);

            now.addAndGet(PROOF_TIMEOUT.toNanos());
            connections.tick();
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(halfAHead.getInputStream().read()).isEqualTo(-1);
            peer.next(Http2Peer.GOAWAY);
            assertThat(peer.next()).isEmpty();
            api.get(3, "/");
            api.awaitEnd(3);
        }
        assertThat(told).containsExactly("UNPROVEN", "UNPROVEN", "UNPROVEN");
    }

    /** Its bytes would not be looked at otherwise. */
    @Test
    void whoUpgradesWithoutSayingThePrefaceIsCut() throws IOException {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
            say(peer, UPGRADE);
            say(peer, "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
            assertThat(line(peer.getInputStream())).isEqualTo("HTTP/1.1 101 Switching Protocols");
            say(peer, "\0\0\10\6\0\0\0\0\0........");
            peer.getInputStream().readAllBytes();
        }
        assertThat(told).containsExactly("banned", "FLOOD");
    }

    @Test
    void anUpgradedConnectionHasTheSameBudgets() throws IOException {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
            say(peer, UPGRADE);
            say(peer, "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
            assertThat(line(peer.getInputStream())).isEqualTo("HTTP/1.1 101 Switching Protocols");
            say(peer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
            ByteBuffer pings = ByteBuffer.allocate(300 * 17);
            while (pings.hasRemaining()) {
                pings.putInt(8 << 8 | Http2Peer.PING).put((byte) 0).putInt(0).putLong(1);
            }
            peer.getOutputStream().write(pings.array());
            await().until(() -> told.contains("FLOOD"));
        }
        assertThat(told).containsExactly("banned", "FLOOD");
    }

    private interface Sending {
        void run() throws IOException;
    }

    /** Goes on until the other side does not take any more, or has had enough of anything. */
    private void sendUntilCut(Sending sending) throws IOException {
        try {
            for (int i = 0; i < FLOOD && !told.contains("FLOOD"); i++) {
                sending.run();
            }
        } catch (IOException cut) {
            assertThat(told).contains("FLOOD");
        }
    }

    private static void assertCalmed(Http2Peer peer) throws IOException {
        byte[] payload = peer.next(Http2Peer.GOAWAY).payload();
        assertThat(ByteBuffer.wrap(payload).getInt(4)).isEqualTo(ENHANCE_YOUR_CALM);
        assertThat(new String(payload, 8, payload.length - 8, StandardCharsets.US_ASCII))
                .as("what clients show as debug data")
                .startsWith("too many ");
        // Responses that were on their way.
        assertThatNoException().isThrownBy(() -> {
            while (peer.next().isPresent()) {}
        });
    }

    private boolean isOpen() {
        try (Http2Peer peer = new Http2Peer(port)) {
            peer.get(1, "/", SECRET);
            peer.awaitEnd(1);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private static void say(Socket peer, String text) throws IOException {
        peer.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next;
        while ((next = in.read()) != '\n' && next >= 0) {
            line.append((char) next);
        }
        return line.toString().strip();
    }
}

package cloud.obiente.vpsgateway.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Http2Peer;
import io.netty.bootstrap.ServerBootstrap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Netty and Vert.x must do for us, on a server of theirs with a gate of ours; peers speak frame by frame. */
class PortConnectionsOnTheWireTest {
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(10);
    private static final int MAX = 4;
    private static final ConnectionLimits LIMITS =
            new ConnectionLimits(MAX, MAX, MAX, MAX, Duration.ofDays(365), IDLE_TIMEOUT, IDLE_TIMEOUT);
    private static final String NO_ANSWER_YET = "/later";
    private static final String REQUEST = " HTTP/1.1\r\nHost: gateway\r\n\r\n";

    private final AtomicLong now = new AtomicLong();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    /** Of the requests for {@link #NO_ANSWER_YET}. */
    private final Queue<HttpServerResponse> unanswered = new ConcurrentLinkedQueue<>();

    private final PeerAddresses addresses = new PeerAddresses(nobody -> false, now::get, new PeerListener() {
        @Override
        public void failed(Failure failure) {}

        @Override
        public void banned() {}
    });
    private final PortConnections connections =
            new PortConnections("grpc", LIMITS, now::get, addresses, new ConnectionListener() {
                @Override
                public void ended(CloseReason reason) {
                    told.add(reason.name());
                }

                @Override
                public void refused() {
                    told.add("REFUSED");
                }

                @Override
                public void blocked(Block why) {
                    told.add(why.name());
                }
            });
    private Duration closeNoticeTimeout = Duration.ofMillis(1);
    private final Vertx vertx = new VertxBuilder(new VertxOptions().setEventLoopPoolSize(2))
            .findTransport(new JDKTransport() {
                @Override
                public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                    super.configure(options, domainSocket, bootstrap);
                    bootstrap.handler(new ConnectionGate(connections, anybody -> true, closeNoticeTimeout));
                }
            })
            .serviceProviders(List.of())
            .init()
            .vertx();

    private int start() {
        Router router = Router.router(vertx);
        router.route().handler(new RequestAdmission());
        router.route().handler(new Http1Requests());
        router.route(NO_ANSWER_YET).handler(routing -> unanswered.add(routing.response()));
        router.route().handler(routing -> routing.response().end());
        HttpServer server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(router)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return server.actualPort();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        await().until(() -> connections.open() == 0);
    }

    @Test
    void anIdleConnectionIsToldToGoAndClosedWhateverPingsItSends() throws IOException {
        try (Http2Peer peer = new Http2Peer(start())) {
            peer.get(1, "/");
            peer.awaitEnd(1);
            awaitIdle();
            pass(IDLE_TIMEOUT.dividedBy(2));
            peer.ping();
            peer.next(Http2Peer.PING);
            assertThat(told).isEmpty();

            pass(IDLE_TIMEOUT.dividedBy(2));
            peer.next(Http2Peer.GOAWAY);
            assertThat(peer.next()).isEmpty();
        }
        assertThat(told).containsExactly("IDLE");
    }

    @Test
    void aConnectionThatCarriesACallIsLeftAlone() throws IOException {
        try (Http2Peer peer = new Http2Peer(start())) {
            peer.get(1, NO_ANSWER_YET);
            await().until(() -> !unanswered.isEmpty());
            pass(IDLE_TIMEOUT.multipliedBy(100));
            peer.ping();
            peer.next(Http2Peer.PING);
            unanswered.remove().end();
            peer.awaitEnd(1);
            awaitIdle();

            pass(IDLE_TIMEOUT.minusNanos(1));
            assertThat(told).isEmpty();
            pass(Duration.ofNanos(1));
            peer.next(Http2Peer.GOAWAY);
        }
    }

    @Test
    void aCallThatIsOnItsWayWhenTheConnectionIsToEndIsServed() throws IOException {
        closeNoticeTimeout = Duration.ofMillis(500);
        try (Http2Peer peer = new Http2Peer(start())) {
            peer.get(1, "/");
            peer.awaitEnd(1);
            awaitIdle();
            pass(IDLE_TIMEOUT);
            peer.next(Http2Peer.GOAWAY);
            peer.get(3, NO_ANSWER_YET);
            await().until(() -> !unanswered.isEmpty());
            // Longer than the closeNoticeTimeout: it would have been closed by then.
            await().during(1, TimeUnit.SECONDS).until(() -> connections.open() == 1);
            unanswered.remove().end();
            peer.awaitEnd(3);
            assertThat(peer.next()).isEmpty();
        }
    }

    /** They would keep a connection for ever. */
    @Test
    void aRequestThatWasAnsweredAndIsNeverFinishedDoesNotCount() throws IOException {
        try (Http2Peer peer = new Http2Peer(start())) {
            peer.post(1, "/", Map.of());
            peer.awaitEnd(1);
            awaitIdle();
            pass(IDLE_TIMEOUT);
            peer.next(Http2Peer.GOAWAY);
            assertThat(peer.next()).isEmpty();
        }
    }

    @Test
    void aPeerThatSaysNothingIsClosed() throws IOException {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), start())) {
            awaitIdle();
            pass(IDLE_TIMEOUT);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(told).containsExactly("IDLE");
    }

    @Test
    void overHttp1ARequestIsACall() throws IOException {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), start())) {
            say(peer, "GET " + NO_ANSWER_YET + REQUEST);
            await().until(() -> !unanswered.isEmpty());
            pass(IDLE_TIMEOUT.multipliedBy(100));
            assertThat(told).isEmpty();
            unanswered.remove().end();
            assertThat(line(peer)).isEqualTo("HTTP/1.1 200 OK");
            awaitIdle();

            pass(IDLE_TIMEOUT);
            peer.getInputStream().readAllBytes();
        }
        assertThat(told).containsExactly("IDLE");
    }

    @Test
    void aConnectionThatWasUpgradedCountsItsStreams() throws IOException {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), start())) {
            say(
                    peer,
                    "GET " + NO_ANSWER_YET + " HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
            assertThat(line(peer)).isEqualTo("HTTP/1.1 101 Switching Protocols");
            say(peer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
            await().until(() -> !unanswered.isEmpty());
            pass(IDLE_TIMEOUT.multipliedBy(100));
            assertThat(told).isEmpty();

            unanswered.remove().end();
            awaitIdle();
            pass(IDLE_TIMEOUT);
            peer.getInputStream().readAllBytes();
        }
    }

    @Test
    void theIdlestMakesPlace() throws IOException {
        int port = start();
        try (Http2Peer calling = new Http2Peer(port);
                Http2Peer idlest = new Http2Peer(port);
                Http2Peer idle = new Http2Peer(port);
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
            calling.get(1, NO_ANSWER_YET);
            idlest.get(1, "/");
            idlest.awaitEnd(1);
            idle.get(1, "/");
            idle.awaitEnd(1);
            await().until(() -> !unanswered.isEmpty() && connections.withoutCall() == MAX - 1);
            idle.get(3, "/");
            idle.awaitEnd(3);
            await().until(() -> connections.withoutCall() == MAX - 1);
            try (Http2Peer another = new Http2Peer(port)) {
                another.get(1, "/");
                another.awaitEnd(1);
                await().until(() -> told.size() == 1);
                assertThat(told).containsExactly("EVICTED");
                unanswered.remove().end();
                calling.awaitEnd(1);
            }
        }
    }

    /** Many may become idle together: for as long as they say closeNoticeTimeout nobody else would find a place. */
    @Test
    void aConnectionThatHasBeenToldToGoMakesPlaceAtOnce() throws IOException {
        closeNoticeTimeout = Duration.ofHours(1);
        int port = start();
        Http2Peer[] idle = new Http2Peer[MAX];
        for (int i = 0; i < MAX; i++) {
            idle[i] = new Http2Peer(port);
            idle[i].get(1, "/");
            idle[i].awaitEnd(1);
        }
        await().until(() -> connections.withoutCall() == MAX);
        pass(IDLE_TIMEOUT);
        for (Http2Peer peer : idle) {
            peer.next(Http2Peer.GOAWAY);
        }
        await().until(() -> connections.withoutCall() == MAX);

        try (Http2Peer another = new Http2Peer(port)) {
            another.get(1, "/");
            another.awaitEnd(1);
        }
        assertThat(told).containsExactly("IDLE", "IDLE", "IDLE", "IDLE");
        for (Http2Peer peer : idle) {
            peer.close();
        }
    }

    /** As the management port's checks do. */
    @Test
    void anAnswerOfAWorkerEndsTheRequestAsWell() throws IOException {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), start())) {
            say(peer, "GET " + NO_ANSWER_YET + REQUEST);
            await().until(() -> !unanswered.isEmpty());
            assertThat(connections.withoutCall()).isZero();
            new Thread(() -> unanswered.remove().end()).start();
            awaitIdle();
        }
    }

    @Test
    void whereAllCarryCallsTheNewOneIsClosedAtOnce() throws IOException {
        int port = start();
        Http2Peer[] calling = new Http2Peer[MAX];
        for (int i = 0; i < MAX; i++) {
            calling[i] = new Http2Peer(port);
            calling[i].get(1, NO_ANSWER_YET);
        }
        await().until(() -> unanswered.size() == MAX);

        assertThat(isRefused(port)).isTrue();
        assertThat(told).containsExactly("REFUSED");

        for (Http2Peer peer : calling) {
            peer.close();
        }
        await().until(() -> !isRefused(port));
    }

    /** For as long as the gateway has never heard the secret from it, an API is one of many. */
    @Test
    void whoComesInTheMidstOfAFloodOfConnectionsIsServedAtTheFirstTry() throws Exception {
        int port = start();
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService attackers = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 2; i++) {
                int number = i;
                attackers.execute(() -> flood(port, number, isOver));
            }
            await().until(() -> told.size() > 400);
            for (int i = 1; i <= 50; i++) {
                try (Http2Peer api = new Http2Peer(InetAddress.getByName("127.0.4." + i), port)) {
                    api.get(1, "/");
                    api.awaitEnd(1);
                }
            }
        } finally {
            isOver.set(true);
            attackers.shutdown();
            assertThat(attackers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(told).contains("EVICTED").doesNotContain("REFUSED");
    }

    /** From ever new addresses, each of which comes again sometimes. */
    private static void flood(int port, int number, AtomicBoolean isOver) {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; !isOver.get(); i++) {
                Socket socket = new Socket();
                socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.3." + (1 + (2 * i + number) % 200)), 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                open.add(socket);
                if (open.size() > 4 * MAX) {
                    open.remove(0).close();
                }
            }
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRefused(int port) throws IOException {
        try (Http2Peer one = new Http2Peer(port)) {
            one.ping();
            return one.next().isEmpty();
        } catch (SocketException reset) {
            return true;
        }
    }

    /** The peer may know that a call is over before the gateway has counted it. */
    private void awaitIdle() {
        await().until(() -> connections.withoutCall() == 1);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        connections.tick();
    }

    private static void say(Socket peer, String text) throws IOException {
        peer.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String line(Socket peer) throws IOException {
        StringBuilder line = new StringBuilder();
        int next;
        while ((next = peer.getInputStream().read()) != '\n' && next >= 0) {
            line.append((char) next);
        }
        return line.toString().strip();
    }
}

package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Seed;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * The log of a gateway that has much to do, and of one that is ended in the midst of it: what it says as a warning is for
 * somebody who can do something about it, and is its own.
 */
class QuietStopIT {
    private static final int STREAMS = 20;
    private static final int PEOPLE = 4;
    private static final int WATCHERS = 20;
    private static final int ANSWERS = Effort.of(200, 1_000);
    private static final int PIECE_BYTES = 16 << 10;
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);

    private final World world = World.create("quiet-stop")
            .withFakeVpss()
            .with("GATEWAY_SSH_DRAIN", "2s")
            .with("GATEWAY_SSH_BASTION_MAX_CONNECTIONS", "100");
    private final BastionClient client = BastionClient.of(world, "quiet-stop-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private final FakeVps echo = FakeVps.echo();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<CompletableFuture<Void>> users = new ArrayList<>();
    private final AtomicInteger piecesEchoed = new AtomicInteger();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        users.forEach(CompletableFuture::join);
        echo.close();
        world.close();
    }

    @RepeatedTest(2)
    void nothingButItsOwnWarningsIsSaidUnderLoadAndAtAStopInTheMidstOfIt() throws Exception {
        // Given
        client.authorize(BastionClient.line(key));
        world.start();
        try (MixedLoad load = new MixedLoad(world.api(), new Ledger(), Seed.random(QuietStopIT.class)).start()) {
            linkInstances();
            openTunnels();
            logPeopleIn();
            watchHealth();
            load.awaitAnswers(ANSWERS);
            await().until(() -> piecesEchoed.get() > ANSWERS);

            // When
            int exitCode = world.gateway().terminate();

            // Then
            assertThat(exitCode).isZero();
        }
        assertThat(othersWarnings()).isEmpty();
    }

    /** They may do so as often as they like, and a line with a stack for each would be their way to fill a disk. */
    @Test
    void peersThatResetTheirConnectionsAtOnceOrSendWhatIsNoHttpAreNotInTheLog() throws Exception {
        // Given an address that shares what the API's calls have shown, and is not banned
        world.start();
        assertThat(world.listed()).isEmpty();

        // When
        for (int i = 0; i < 40; i++) {
            for (int port : new int[] {GatewayProcess.GRPC_PORT, GatewayProcess.METRICS_PORT}) {
                reset(port, "");
                reset(port, "PRI * HT");
                reset(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
                reset(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nno frame at all");
                reset(port, "GET / HTTP/1.1\r\nHost");
                reset(port, "\26\3\1 no TLS here either\r\n\r\n");
            }
        }
        assertThat(world.gateway().isReady()).isTrue();
        world.api().allocate("vps-1");

        // Then
        assertThat(othersWarnings()).isEmpty();
    }

    private static void reset(int port, String said) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(said.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            socket.setSoLinger(true, 0);
        }
    }

    private List<String> othersWarnings() {
        return Complaints.ofLibraries(world.gateway().output());
    }

    private void linkInstances() {
        for (String id : List.of("api-1", "api-2")) {
            ApiInstance instance = new ApiInstance(
                    ENDPOINT,
                    GatewayProcess.SECRET,
                    id,
                    "node-1",
                    question -> Optional.of(FindVPSByLeaseResponse.getDefaultInstance()));
            open.add(instance);
            instance.awaitRegistered();
        }
    }

    private void openTunnels() {
        for (int i = 0; i < STREAMS; i++) {
            ProxyClient caller = i % 2 == 0 ? world.proxyClient() : world.connectProxyClient();
            open.add(caller);
            ProxyStream stream = caller.stream().connect("a", echo.port());
            assertThat(stream.next()).isEqualTo("a connected");
            users.add(Background.run("user-" + i, () -> talk(stream)));
        }
    }

    /** Until the gateway ends it. */
    private void talk(ProxyStream stream) {
        byte[] piece = new byte[PIECE_BYTES];
        try {
            while (true) {
                stream.data("a", piece);
                stream.bytes("a", piece.length);
                piecesEchoed.incrementAndGet();
            }
        } catch (AssertionError | RuntimeException ended) {
            assertThat(ended.toString()).isNotEmpty();
        }
    }

    private void logPeopleIn() {
        for (int i = 0; i < PEOPLE; i++) {
            BastionForward forward = BastionForward.start(client.person(key), echo.port(), client.file("in-" + i));
            open.add(forward);
            users.add(Background.run("person-" + i, () -> talk(forward)));
        }
    }

    private void talk(BastionForward forward) {
        byte[] piece = new byte[PIECE_BYTES];
        try (Socket socket = new Socket()) {
            socket.connect(forward.address());
            int read;
            do {
                socket.getOutputStream().write(piece);
                read = socket.getInputStream().readNBytes(piece, 0, piece.length);
                piecesEchoed.incrementAndGet();
            } while (read == piece.length);
        } catch (IOException ended) {
            assertThat(ended.toString()).isNotEmpty();
        }
    }

    private void watchHealth() {
        for (int i = 0; i < WATCHERS; i++) {
            GatewayClient watcher = world.gateway().client();
            open.add(watcher);
            HealthGrpc.newStub(watcher.channel())
                    .watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
                        @Override
                        public void onNext(HealthCheckResponse status) {}

                        @Override
                        public void onError(Throwable ended) {}

                        @Override
                        public void onCompleted() {}
                    });
        }
    }
}

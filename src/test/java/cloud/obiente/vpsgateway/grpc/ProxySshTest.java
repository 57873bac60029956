package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import io.grpc.Status;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the contract says about ProxySSH, with real sockets. */
class ProxySshTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK+iykhDYbf6wv1tPiJS94X1XONOza36h6YsiCATQpxE me@host";

    private ProxyServer server = new ProxyServer(ProxyServer.settings());
    private ProxyClient client = client(server.port());
    private final FakeVps echo = FakeVps.echo();

    /** The protocol that carries the streams. */
    ProxyClient client(int port) {
        return ProxyClient.grpc(port, "");
    }

    private void restart(SshSettings settings) {
        client.close();
        server.close();
        server = new ProxyServer(settings);
        client = client(server.port());
    }

    @AfterEach
    void nothingIsLeft() {
        client.close();
        await().until(server::isEmpty);
        server.close();
        echo.close();
    }

    @Test
    void bytesGoBothWays() {
        ProxyStream stream = client.stream().connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a connected");
        stream.data("a", "hello").data("a", "");
        assertThat(stream.next()).isEqualTo("a data hello");
        stream.close("a");
        assertThat(stream.end().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void everyByteArrivesInOrder() {
        byte[] sent = new byte[8 << 20];
        new Random(1).nextBytes(sent);
        ProxyStream stream = client.stream().connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a connected");
        for (int from = 0; from < sent.length; from += 32 << 10) {
            stream.data("a", java.util.Arrays.copyOfRange(sent, from, from + (32 << 10)));
        }
        assertThat(stream.bytes("a", sent.length)).isEqualTo(sent);
    }

    @Test
    void connectionsOfOneStreamAreToldApart() {
        ProxyStream stream = client.stream();
        for (String id : List.of("a", "b", "c")) {
            stream.connect(id, echo.port());
            assertThat(stream.next()).isEqualTo(id + " connected");
        }
        for (String id : List.of("c", "a", "b")) {
            stream.data(id, "for " + id);
            assertThat(stream.next()).isEqualTo(id + " data for " + id);
        }
        stream.close("b");
        await().until(() -> echo.open() == 2);
        stream.data("a", "still here");
        assertThat(stream.next()).isEqualTo("a data still here");
        assertThat(stream.hasEnded()).isFalse();
    }

    @Test
    void dataSentBeforeConnectedIsDelivered() {
        ProxyStream stream = client.stream()
                .connect("a", echo.port())
                .data("a", "one ")
                .data("a", "two ")
                .data("a", "three");
        assertThat(stream.next()).isEqualTo("a connected");
        assertThat(new String(stream.bytes("a", 13), StandardCharsets.UTF_8)).isEqualTo("one two three");
    }

    @Test
    void unknownConnectionsAreNotFound() {
        ProxyStream stream = client.stream().data("x", "hello");
        assertThat(stream.next()).isEqualTo("x error connection not found");
        stream.connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a connected");
        stream.close("x").data("a", "still here");
        assertThat(stream.next()).isEqualTo("a data still here");
    }

    @Test
    void anIdInUseIsRefusedAndTheFirstUnharmed() {
        ProxyStream stream = client.stream().connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a connected");
        stream.connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a error connection_id is in use");
        stream.data("a", "hello");
        assertThat(stream.next()).isEqualTo("a data hello");
    }

    @Test
    void afterAnErrorTheStreamStaysUsable() throws Exception {
        int closed;
        try (ServerSocket unused = new ServerSocket(0)) {
            closed = unused.getLocalPort();
        }
        ProxyStream stream = client.stream().connect("a", closed);
        assertThat(stream.next()).isEqualTo("a error connection refused by 127.0.0.1:" + closed);
        stream.connect("a", "8.8.8.8", 22, "");
        assertThat(stream.next())
                .isEqualTo("a error target not allowed: 8.8.8.8 is neither allocated on this gateway nor a host of"
                        + " 10.15.3.0/24");
        stream.connect("a", "vps-12", 0, "");
        assertThat(stream.next()).isEqualTo("a error vps-12 has no address on this gateway");
        stream.connect("a", "vps-1", echo.port(), "");
        assertThat(stream.next()).isEqualTo("a connected");
    }

    @Test
    void aVpsThatDoesNotAcceptTimesOut() throws Exception {
        // A full backlog: the kernel ignores further connections.
        try (ServerSocket full = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            ProxyStream stream = client.stream();
            for (int i = 0; i < 4; i++) {
                stream.connect("c" + i, full.getLocalPort());
            }
            await().until(() -> stream.next().endsWith("error timed out after 1 s"));
        }
    }

    @Test
    void closeDeliversWhatWasAcceptedAndCompletesTheStream() throws Exception {
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        try (FakeVps vps =
                new FakeVps(socket -> got.complete(socket.getInputStream().readAllBytes()))) {
            ProxyStream stream = client.stream().connect("a", vps.port());
            for (int i = 0; i < 64; i++) {
                stream.data("a", new byte[32 << 10]);
            }
            stream.close("a");
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.OK);
            assertThat(got.get(60, TimeUnit.SECONDS)).hasSize(2 << 20);
        }
    }

    @Test
    void closeDeliversWhatWasAcceptedAlthoughTheVpsStillTalks() throws Exception {
        restart(ProxyServer.longTimeoutSettings(Duration.ofSeconds(30)));
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        try (FakeVps vps = new FakeVps(socket -> {
            socket.getOutputStream().write(new byte[4 << 20]);
            got.complete(socket.getInputStream().readAllBytes());
        })) {
            client.unreadStream().connect("a", vps.port()).data("a", "accepted").close("a");
            assertThat(got.get(60, TimeUnit.SECONDS)).asString().isEqualTo("accepted");
        }
    }

    @Test
    void closeOfNothingCompletesTheStream() {
        assertThat(client.stream().close("x").end().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void aVpsThatClosesIsHeardToTheEnd() {
        byte[] said = new byte[3 << 20];
        new Random(2).nextBytes(said);
        try (FakeVps vps = new FakeVps(socket -> socket.getOutputStream().write(said))) {
            ProxyStream stream = client.stream().connect("a", vps.port());
            assertThat(stream.next()).isEqualTo("a connected");
            assertThat(stream.bytes("a", said.length)).isEqualTo(said);
            assertThat(stream.next()).isEqualTo("a closed");
            stream.close("a");
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void aVpsThatEndsItsOutputStillGetsWhatWasAccepted() throws Exception {
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        CountDownLatch accepted = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        try (FakeVps vps = new FakeVps(socket -> {
            awaitQuietly(accepted);
            socket.shutdownOutput();
            awaitQuietly(sent);
            got.complete(socket.getInputStream().readAllBytes());
        })) {
            ProxyStream stream = client.stream().connect("a", vps.port());
            assertThat(stream.next()).isEqualTo("a connected");
            stream.data("a", "accepted").data("x", "");
            assertThat(stream.next()).as("after what came before").isEqualTo("x error connection not found");
            accepted.countDown();
            assertThat(stream.next()).isEqualTo("a closed");
            sent.countDown();
            assertThat(got.get(60, TimeUnit.SECONDS)).asString().isEqualTo("accepted");
        }
    }

    @Test
    void aCallerThatEndsItsOutputStillGetsTheAnswer() {
        try (FakeVps vps = new FakeVps(socket -> {
            byte[] asked = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(("got " + asked.length).getBytes(StandardCharsets.UTF_8));
        })) {
            ProxyStream stream = client.stream().connect("a", vps.port()).data("a", new byte[100_000]);
            stream.halfClose();
            assertThat(stream.next()).isEqualTo("a connected");
            assertThat(stream.next()).isEqualTo("a data got 100000");
            assertThat(stream.next()).isEqualTo("a closed");
            assertThat(stream.end().getCode()).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void aResetIsToldApartFromAnEnd() {
        try (FakeVps vps = new FakeVps(socket -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        })) {
            ProxyStream stream = client.stream().connect("a", vps.port()).data("a", "x");
            assertThat(stream.next()).isEqualTo("a connected");
            assertThat(stream.next()).isEqualTo("a error connection reset by 127.0.0.1:" + vps.port());
        }
    }

    @Test
    void aBrokenStreamClosesItsConnections() {
        ProxyStream stream = client.stream().connect("a", echo.port()).connect("b", echo.port());
        await().until(() -> echo.open() == 2);
        stream.cancel();
        await().until(() -> echo.open() == 0);
    }

    @Test
    void anUnknownTypeEndsTheStream() {
        ProxyStream stream = client.stream().connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a connected");
        stream.say("a", "shutdown");
        Status end = stream.end();
        assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(end.getDescription()).contains("'shutdown'");
        await().until(() -> echo.open() == 0);
    }

    @Test
    void aKeyMustBeOneAndIsRecorded() {
        ProxyStream stream = client.stream().connect("a", "127.0.0.1", echo.port(), "ssh-rsa nonsense");
        assertThat(stream.next()).startsWith("a error ssh_public_key 'ssh-rsa nonsense' is not valid");
        stream.connect("a", "vps-1.vps.local", echo.port(), KEY);
        assertThat(stream.next()).isEqualTo("a connected");
        stream.data("a", "hello");
        assertThat(stream.next()).isEqualTo("a data hello");
        stream.close("a").end();
        // Both come after what the caller is told, the record last.
        await().until(() -> !server.records().isEmpty() && server.tunnels().connections() == 0);
        assertThat(server.records()).singleElement().satisfies(record -> {
            assertThat(record.target()).isEqualTo("vps-1.vps.local");
            assertThat(record.destination()).hasToString("Optional[127.0.0.1:" + echo.port() + "]");
            assertThat(record.holder()).contains(ProxyServer.VPS);
            assertThat(record.fingerprint()).contains("SHA256:JhjrlLSy1LJnRAxWPoVP595bhb2C88ykwS5gXZ1lI4Y");
            assertThat(record.bytesIn()).isEqualTo(5);
            assertThat(record.bytesOut()).isEqualTo(5);
            assertThat(record.end()).isEqualTo("closed by the caller");
        });
    }

    @Test
    void refusedTargetsAreRecordedInAFormFitForALog() {
        ProxyStream stream = client.stream().connect("a", "vps-1\nforged", 22, "");
        assertThat(stream.next()).startsWith("a error target not allowed: ");
        await().untilAsserted(() ->
                assertThat(server.records()).extracting(SessionRecord::target).containsExactly("vps-1?forged"));
    }

    @Test
    void metricsCountByVpsUntilItIsReleased() {
        try (FakeVps vps = new FakeVps(socket -> {
            socket.getInputStream().readNBytes(2);
            socket.getOutputStream().write("welcome".getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        })) {
            ProxyStream stream = client.stream().connect("a", "vps-1", vps.port(), "");
            assertThat(stream.next()).isEqualTo("a connected");
            stream.data("a", "hi");
            assertThat(new String(stream.bytes("a", 7), StandardCharsets.UTF_8)).isEqualTo("welcome");
            assertThat(counted("connections", "organization_id", "org-1")).isEqualTo(1);
            await().untilAsserted(() -> {
                assertThat(counted("bytes_transmitted", "direction", "in")).isEqualTo(7);
                assertThat(counted("bytes_transmitted", "direction", "out")).isEqualTo(2);
            });
            server.release();
            assertThat(server.registry()
                            .find("vps_gateway_ssh_proxy_connections")
                            .tags("vps_id", "vps-1")
                            .meters())
                    .isEmpty();
        }
    }

    private double counted(String what, String label, String value) {
        return server.registry()
                .get("vps_gateway_ssh_proxy_" + what)
                .tags("vps_id", "vps-1", label, value)
                .counter()
                .count();
    }

    @Test
    void limitsHaveTheirOwnErrors() {
        restart(ProxyServer.settings(new SshSettings.Limits(3, 2, 256, 64 << 20), Optional.empty()));
        ProxyStream first = client.stream()
                .connect("a", echo.port())
                .connect("b", echo.port())
                .connect("c", echo.port());
        await().until(() -> first.next()
                .equals("c error too many connections: this stream has 2 already"
                        + " (GATEWAY_SSH_MAX_CONNECTIONS_PER_STREAM)"));
        await().until(() -> echo.open() == 2);
        ProxyStream second = client.stream().connect("a", echo.port());
        assertThat(second.next()).isEqualTo("a connected");
        second.connect("b", echo.port());
        assertThat(second.next())
                .isEqualTo("b error too many connections: this gateway has 3 already (GATEWAY_SSH_MAX_CONNECTIONS)");
        second.close("a").end();
        await().until(() -> server.tunnels().connections() == 2);
        ProxyStream third = client.stream().connect("a", echo.port());
        assertThat(third.next()).isEqualTo("a connected");
    }

    @Test
    void dialsInProgressAreLimited() throws Exception {
        restart(ProxyServer.settings(new SshSettings.Limits(10, 10, 1, 64 << 20), Optional.empty()));
        try (ServerSocket full = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            ProxyStream stream = client.stream();
            for (int i = 0; i < 4; i++) {
                stream.connect("c" + i, full.getLocalPort());
            }
            await().until(() ->
                    stream.next().endsWith("error too many connections are being made: 1 (GATEWAY_SSH_MAX_DIALS)"));
        }
    }

    @Test
    void anIdleConnectionIsEndedWhenThatIsWanted() {
        restart(ProxyServer.settings(new SshSettings.Limits(10, 10, 10, 64 << 20), Optional.of(Duration.ofSeconds(1))));
        ProxyStream stream = client.stream().connect("a", echo.port());
        assertThat(stream.next()).isEqualTo("a connected");
        assertThat(stream.next()).isEqualTo("a error idle for 1 s");
        assertThat(stream.hasEnded()).isFalse();
    }

    @Test
    void drainingLetsLiveConnectionsGoOnForAWhile() {
        ProxyStream live = client.stream().connect("a", echo.port());
        assertThat(live.next()).isEqualTo("a connected");
        ProxyStream other = client.stream().connect("b", echo.port());
        assertThat(other.next()).isEqualTo("b connected");
        assertThat(server.tunnels().status()).isEqualTo(Tunnels.Status.RUNNING);
        // Its one thread has something else to do, so that the time is over when the test says so.
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        CountDownLatch over = new CountDownLatch(1);
        timer.execute(() -> awaitQuietly(over));
        CompletableFuture<Void> drained = server.tunnels().drain(timer).toCompletableFuture();

        assertThat(server.tunnels().status()).isEqualTo(Tunnels.Status.STOPPED);
        live.connect("c", echo.port()).data("a", "still here");
        assertThat(live.next()).isEqualTo("c error gateway is shutting down");
        assertThat(live.next()).isEqualTo("a data still here");
        other.close("b").end();
        assertThat(drained).isNotDone();

        over.countDown();
        assertThat(live.next()).isEqualTo("a closed gateway is shutting down");
        assertThat(live.end().getCode()).isEqualTo(Status.Code.OK);
        assertThat(drained).succeedsWithin(Duration.ofMinutes(1));
        timer.shutdownNow();
    }

    @Test
    void drainingEndsWithTheLastConnection() {
        restart(ProxyServer.settingsThatDrainFor(Duration.ofHours(1)));
        ProxyStream live = client.stream().connect("a", echo.port());
        assertThat(live.next()).isEqualTo("a connected");
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        CompletableFuture<Void> drained = server.tunnels().drain(timer).toCompletableFuture();
        live.close("a").end();
        assertThat(drained).succeedsWithin(Duration.ofMinutes(1));
        timer.shutdownNow();
    }

    int manyStreams() {
        return Effort.of(400, 2_000);
    }

    @Test
    void manyShortConnectionsLeaveNothing() {
        int streams = manyStreams();
        for (int i = 0; i < streams; i++) {
            ProxyStream stream = client.stream().connect("a", echo.port()).data("a", "x");
            if (i % 5 == 0) {
                stream.cancel();
            } else if (i % 5 == 1) {
                stream.close("a").end();
            } else {
                assertThat(stream.next()).isEqualTo("a connected");
                assertThat(stream.next()).isEqualTo("a data x");
                stream.close("a").end();
            }
        }
        await().until(() -> server.isEmpty() && echo.open() == 0);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

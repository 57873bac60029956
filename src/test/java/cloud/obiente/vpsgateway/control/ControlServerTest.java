package cloud.obiente.vpsgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final ControlHandler ECHO = (request, operator) ->
            Map.of("command", request.command(), "text", request.argument("text"), "by", operator);

    @TempDir
    private Path directory;

    private ControlServer server;

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void start(ControlHandler handler, Duration timeout) throws IOException {
        server = ControlServer.start(directory, handler, timeout);
    }

    @Test
    void aQuestionIsAnsweredAsItWasAskedAndByWhom() throws Exception {
        start(ECHO, LONG);
        String strange = "ä\u202e\n\u001b[2J\"\\";

        Object answer = ask(new ControlRequest("echo").with("text", Optional.of(strange)));

        assertThat(answer).isEqualTo(Map.of("command", "echo", "text", strange, "by", System.getProperty("user.name")));
    }

    @Test
    void theFileIsItsOwnersAloneAndNothingElseIsLeft() throws Exception {
        Files.writeString(directory.resolve("vps-gateway.sock"), "a dead one's");

        start(ECHO, LONG);

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(server.file());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.file())))
                .isEqualTo("rw-------");
        assertThat(ask(new ControlRequest("echo"))).isInstanceOf(Map.class);
        server.close();
        assertThat(directory).isEmptyDirectory();
        assertThatThrownBy(() -> ask(new ControlRequest("echo"))).isInstanceOf(ControlClient.NotRunningException.class);
    }

    @Test
    void aRefusalCarriesItsReason() throws Exception {
        start(
                (request, operator) -> {
                    throw new RefusedException(RefusedException.Kind.NOT_FOUND, "there is no such thing");
                },
                LONG);

        assertThatThrownBy(() -> ask(new ControlRequest("x")))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.kind())
                        .isEqualTo(RefusedException.Kind.NOT_FOUND))
                .hasMessage("there is no such thing");
    }

    @Test
    void aFaultIsToldAndEndsNothing() throws Exception {
        start(
                (request, operator) -> {
                    if (request.command().equals("fail")) {
                        throw new IllegalStateException("a mistake");
                    }
                    return "well";
                },
                LONG);

        assertThatThrownBy(() -> ask(new ControlRequest("fail"))).hasMessageContaining("a mistake");
        assertThat(ask(new ControlRequest("go on"))).isEqualTo("well");
    }

    @Test
    void whatIsNoQuestionIsRefused() throws Exception {
        start(ECHO, LONG);

        assertThat(exchange("nonsense\n")).contains("INVALID", "no JSON");
        assertThat(exchange("[1]\n")).contains("INVALID", "expected one line");
        assertThat(exchange("x".repeat(4096))).contains("INVALID", "less than 4096 bytes");
        assertThat(exchange("[".repeat(200) + "\n")).contains("INVALID", "no JSON");
        assertThat(ask(new ControlRequest("echo"))).isInstanceOf(Map.class);
    }

    @Test
    void whoSaysNothingIsCutOff() throws Exception {
        start(ECHO, Duration.ofMillis(200));

        try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(server.file()))) {
            assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void whoComesWhileAllPlacesAreTakenIsToldToComeAgain() throws Exception {
        CountDownLatch inside = new CountDownLatch(4);
        CountDownLatch leave = new CountDownLatch(1);
        start(
                (request, operator) -> {
                    inside.countDown();
                    awaitQuietly(leave);
                    return "done";
                },
                LONG);
        List<SocketChannel> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SocketChannel one = SocketChannel.open(UnixDomainSocketAddress.of(server.file()));
            one.write(ByteBuffer.wrap("{\"command\": \"wait\"}\n".getBytes(StandardCharsets.US_ASCII)));
            waiting.add(one);
        }
        awaitQuietly(inside);

        assertThat(exchange("")).contains("UNAVAILABLE", "ask again");

        leave.countDown();
        for (SocketChannel one : waiting) {
            assertThat(new String(Channels.newInputStream(one).readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("done");
            one.close();
        }
        await().untilAsserted(() -> assertThat(ask(new ControlRequest("again"))).isEqualTo("done"));
    }

    private Object ask(ControlRequest request) throws IOException, RefusedException {
        return new ControlClient(directory).ask(request);
    }

    private String exchange(String text) throws IOException {
        try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(server.file()))) {
            connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(connection).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.ssh.BufferedBytes;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients send as much as their VPSs take, and what they have been granted beyond. */
class BastionFlowControlTest {
    private static final byte[] PIECE = new byte[32 << 10];
    private static final long MAX_HELD = 256 << 10;
    /** More than all kernel buffers and windows on the way. */
    private static final long OFFERED = 64L << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final CountDownLatch awake = new CountDownLatch(1);
    private final AtomicLong vpsRead = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
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
    private final FakeVps echo = FakeVps.echo();
    private BastionServer server;
    private ClientSession session;

    private void start(Optional<Function<WindowBudget, ReceiveWindow>> windows) throws IOException {
        server = new BastionServer(directory, windows);
        session = server.logIn();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        awake.countDown();
        session.close();
        await().atMost(TIMEOUT)
                .until(() -> server.tunnels().streams() == 0
                        && server.tunnels().bufferedBytes().committed() == 0);
        server.close();
        deaf.close();
        echo.close();
    }

    @Test
    void aVpsThatDoesNotReadHoldsItsClientBack() throws Exception {
        start(Optional.empty());
        ChannelDirectTcpip channel = open(deaf);
        Thread sender = send(channel);
        awaitRest();
        assertThat(sent).hasValueLessThan(OFFERED);
        assertThat(held().most()).isPositive().isLessThanOrEqualTo(MAX_HELD);
        assertThat(held().committed()).isBetween(1L, MAX_HELD);

        awake.countDown();
        sender.join();
        await().atMost(TIMEOUT).untilAtomic(vpsRead, read -> assertThat(read).isEqualTo(OFFERED));
    }

    @Test
    void withoutFlowControlThatVpsWouldFillTheMemory() throws Exception {
        start(Optional.of(TakesEverything::new));
        Thread sender = send(open(deaf));
        await().atMost(TIMEOUT).until(() -> held().most() > 16 * MAX_HELD);
        session.close(true);
        sender.join();
    }

    @Test
    void whoeverSendsMoreThanWasGrantedLosesThatChannel() throws Exception {
        start(Optional.empty());
        ChannelDirectTcpip greedy = open(deaf);
        ChannelDirectTcpip other = open(echo);
        for (int i = 0; i < 1_000 && greedy.isOpen(); i++) {
            sendRegardlessOfTheWindow(greedy);
        }
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(server.records())
                .extracting(SessionRecord::end)
                .containsExactly("the client sent more than it was granted"));
        await().atMost(TIMEOUT).until(greedy::isClosed);
        assertThat(held().most()).isLessThanOrEqualTo(MAX_HELD);

        other.getInvertedIn().write("hello".getBytes(StandardCharsets.US_ASCII));
        other.getInvertedIn().flush();
        assertThat(other.getInvertedOut().readNBytes(5)).asString().isEqualTo("hello");
    }

    @Test
    void whatAVpsHasSentBeforeItEndedCountsUntilTheClientIsGone() throws Exception {
        start(Optional.empty());
        CoreModuleProperties.WINDOW_SIZE.set(session, 1_000L);
        try (FakeVps brief = new FakeVps(socket -> socket.getOutputStream().write(PIECE))) {
            ChannelDirectTcpip unread = open(brief);
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(server.records())
                    .extracting(SessionRecord::end)
                    .containsExactly("closed by the VPS"));
            await().atMost(TIMEOUT).until(() -> server.tunnels().streams() == 0);
            assertThat(held().now()).isBetween(1L, (long) PIECE.length);
            unread.close(true);
        }
    }

    private static void sendRegardlessOfTheWindow(ChannelDirectTcpip channel) throws IOException {
        Buffer packet = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, PIECE.length + 16);
        packet.putUInt(channel.getRecipient());
        packet.putBytes(PIECE);
        channel.getSession().writePacket(packet).verify(TIMEOUT);
    }

    private BufferedBytes held() {
        return server.tunnels().bufferedBytes();
    }

    private ChannelDirectTcpip open(FakeVps vps) throws IOException {
        ChannelDirectTcpip channel = session.createDirectTcpipChannel(
                new SshdSocketAddress("127.0.0.1", 1), new SshdSocketAddress("127.0.0.1", vps.port()));
        channel.open().verify(TIMEOUT);
        return channel;
    }

    /** As much as there is, as soon as the window lets it. */
    private Thread send(ChannelDirectTcpip channel) {
        Thread sender = new Thread(
                () -> {
                    try (OutputStream out = channel.getInvertedIn()) {
                        while (sent.get() < OFFERED) {
                            out.write(PIECE);
                            sent.addAndGet(PIECE.length);
                        }
                    } catch (IOException closed) {
                        // How it ends when the test does not wait for all of it.
                        return;
                    }
                },
                "sender");
        sender.start();
        return sender;
    }

    private void awaitRest() {
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(400))
                .atMost(TIMEOUT)
                .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a server has that does not care: a window without end. */
    private static final class TakesEverything extends ReceiveWindow {
        private TakesEverything(WindowBudget budget) {
            super(budget, System::nanoTime);
        }

        @Override
        int open() {
            return Integer.MAX_VALUE;
        }

        @Override
        boolean spend(long bytes) {
            return true;
        }

        @Override
        void arrived(int bytes) {}

        @Override
        int taken(int bytes) {
            return 0;
        }
    }
}

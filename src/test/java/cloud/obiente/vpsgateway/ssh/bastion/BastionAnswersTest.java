package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of clients that ask for much and read nothing. */
class BastionAnswersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final CountDownLatch over = new CountDownLatch(1);
    private final FakeVps silent = new FakeVps(socket -> awaitQuietly(over));
    private BastionServer server;

    @BeforeEach
    void start() {
        server = new BastionServer(directory, Optional.empty());
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.close();
        silent.close();
    }

    @Test
    void whoeverAsksAndDoesNotReadTheAnswersIsDisconnected() throws Exception {
        ClientSession session = server.logIn();
        session.createDirectTcpipChannel(
                        new SshdSocketAddress("127.0.0.1", 1), new SshdSocketAddress("127.0.0.1", silent.port()))
                .open()
                .verify(PATIENCE);
        session.getIoSession().suspendRead();

        assertThatThrownBy(() -> askForAnswers(session)).isInstanceOf(IOException.class);

        await().untilAsserted(() -> assertThat(server.records())
                .extracting(SessionRecord::end)
                .containsExactly("the client does not read what it asks for"));
    }

    @Test
    void whoeverReadsTheAnswersMayAskAsOftenAsItLikes() throws Exception {
        ClientSession session = server.logIn();
        for (int i = 0; i < 5_000; i++) {
            askForAnswer(session);
        }
        session.createDirectTcpipChannel(
                        new SshdSocketAddress("127.0.0.1", 1), new SshdSocketAddress("127.0.0.1", silent.port()))
                .open()
                .verify(PATIENCE);
    }

    /** More than all kernel buffers on the way hold. */
    private static void askForAnswers(ClientSession session) throws IOException {
        for (int i = 0; i < 200_000; i++) {
            askForAnswer(session);
        }
    }

    private static void askForAnswer(ClientSession session) throws IOException {
        Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        request.putString("keepalive@openssh.com");
        request.putBoolean(true);
        session.writePacket(request).verify(PATIENCE);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

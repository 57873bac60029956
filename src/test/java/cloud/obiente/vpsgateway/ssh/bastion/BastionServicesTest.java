package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of clients that ask for services again (RFC 4253 section 10). */
class BastionServicesTest {
    private static final String LOGIN = "ssh-userauth";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

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
    void whoeverAsksForTheLoginOverAndOverIsDisconnected() throws Exception {
        ClientSession session = server.connect();
        CompletableFuture<Integer> end = endOf(session);

        for (int i = 0; i < 2 * LoginService.TRIES; i++) {
            askFor(session, LOGIN);
        }

        await().untilAsserted(() -> assertThat(end).isCompletedWithValue(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR));
    }

    @Test
    void whoeverAsksForTheLoginBeforeEachTryLogsIn() throws Exception {
        ClientSession session = server.connect();

        for (int i = 0; i < LoginService.TRIES; i++) {
            askFor(session, LOGIN);
        }
        session.auth().verify(TIMEOUT);

        assertThat(session.isAuthenticated()).isTrue();
    }

    @Test
    void aServiceAskedForAfterTheLoginEndsTheConnectionAndItsTunnels() throws Exception {
        ClientSession session = server.logIn();
        for (int i = 0; i < 3; i++) {
            session.createDirectTcpipChannel(
                            new SshdSocketAddress("127.0.0.1", 1), new SshdSocketAddress("127.0.0.1", silent.port()))
                    .open()
                    .verify(TIMEOUT);
        }

        askFor(session, "ssh-connection");
        session.close(false);

        await().until(() -> server.tunnels().connections() == 0
                && server.tunnels().bufferedBytes().committed() == 0);
        assertThat(server.records())
                .extracting(SessionRecord::end)
                .hasSize(3)
                .containsOnly("a service was asked for after the login");
    }

    private static void askFor(ClientSession session, String service) throws IOException {
        Buffer request = session.createBuffer(SshConstants.SSH_MSG_SERVICE_REQUEST);
        request.putString(service);
        session.writePacket(request);
    }

    /** The code that the server ended it with. */
    private static CompletableFuture<Integer> endOf(ClientSession session) {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        session.addSessionListener(new SessionListener() {
            @Override
            public void sessionDisconnect(Session ended, int code, String why, String language, boolean byUs) {
                if (!byUs) {
                    end.complete(code);
                }
            }
        });
        return end;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

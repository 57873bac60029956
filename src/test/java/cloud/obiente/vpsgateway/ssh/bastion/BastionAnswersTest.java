package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.LogLines;
import cloud.obiente.vpsgateway.ssh.bastion.RawSshClient.Connected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of clients that ask for much, and read the answers or do not. */
@Tag("slow")
class BastionAnswersTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    /** Sent, and not yet taken by this machine's own kernel. */
    private static final int MAX_UNSENT = 256;

    @TempDir
    Path directory;

    private final RawSshClient client = new RawSshClient();
    private BastionServer server;

    @BeforeEach
    void start() throws IOException {
        server = new BastionServer(directory, Optional.empty(), new AnswerQueue.Limits(8 << 10, Duration.ofSeconds(3)));
        Files.writeString(BastionServer.keysIn(directory), client.publicKey() + "\n");
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private Connected logIn() {
        return await().atMost(TIMEOUT)
                .ignoreExceptions()
                .until(() -> client.logIn(server.port(), "127.0.0.1"), Connected::isOpen);
    }

    @Test
    void whoeverAsksAndDoesNotReadTheAnswersIsNotReadFromAndThenEnded() throws Exception {
        Connected asking = logIn();
        asking.stopReading();
        Flood flood = new Flood(asking, SshConstants.SSH_MSG_GLOBAL_REQUEST, BastionAnswersTest::keepAlive);

        List<String> lines = LogLines.during(BastionLog.CATEGORY, () -> await().atMost(TIMEOUT)
                .until(() -> flood.goOn() && server.sessions().isEmpty()));

        assertThat(lines)
                .anySatisfy(line -> assertThat(line).contains("the client does not take the answers to what it asks"));
    }

    @Test
    void whoeverReadsOnGetsAllTheAnswers() throws Exception {
        Connected asking = logIn();
        asking.stopReading();
        Flood flood = new Flood(asking, SshConstants.SSH_MSG_GLOBAL_REQUEST, BastionAnswersTest::keepAlive);
        await().atMost(TIMEOUT).until(() -> flood.goOn() && isHolding());

        asking.readOn();

        await().atMost(TIMEOUT).until(() -> flood.unsent() == 0 && !isHolding());
        keepAliveIsAnswered(asking);
    }

    @Test
    void whoeverReadsTheAnswersMayAskAsOftenAsItLikes() throws Exception {
        Connected asking = logIn();
        Flood flood = new Flood(asking, SshConstants.SSH_MSG_GLOBAL_REQUEST, BastionAnswersTest::keepAlive);
        await().atMost(TIMEOUT).until(() -> flood.goOn() && flood.sent() > 20_000);
        keepAliveIsAnswered(asking);
    }

    @Test
    void messagesThatAreNoLoginAreCounted() throws Exception {
        Connected stranger = client.connect(server.port(), "127.0.0.1");
        ignore(stranger, MessageBudget.MAX_BEFORE_LOGIN / 2);
        ignore(logIn(), 2 * MessageBudget.MAX_BEFORE_LOGIN);
        assertThat(stranger.isOpen()).isTrue();

        ignore(stranger, MessageBudget.MAX_BEFORE_LOGIN / 2 + 1);

        await().atMost(TIMEOUT).until(() -> !stranger.isOpen());
    }

    private static void ignore(Connected client, int messages) throws IOException {
        for (int i = 0; i < messages && client.isOpen(); i++) {
            client.send(SshConstants.SSH_MSG_IGNORE, packet -> packet.putString(""));
        }
    }

    @Test
    void exchangesOfKeysBeforeTheLoginAreCounted() throws Exception {
        Connected stranger = client.connect(server.port(), "127.0.0.1");
        await().atMost(TIMEOUT).until(() -> {
            KeyExchangeFuture exchange = stranger.session().reExchangeKeys();
            exchange.await(TIMEOUT);
            return exchange.getException() != null;
        });
        await().atMost(TIMEOUT).until(() -> !stranger.isOpen());
    }

    @Test
    void whoeverBeginsAnExchangeOfKeysAndAsksOnIsEnded() throws Exception {
        Connected asking = logIn();
        asking.stopReading();

        beginExchange(asking);

        isEndedByAsking(asking, loggedIn());
    }

    @Test
    void whoeverLeavesAnExchangeOfKeysUnansweredAndAsksOnIsEnded() throws Exception {
        Connected asking = logIn();
        asking.stopReading();

        BastionSession session = loggedIn();
        KeyExchangeFuture unused = session.reExchangeKeys();

        isEndedByAsking(asking, session);
    }

    /** The other side of the one connection that has logged in. */
    private BastionSession loggedIn() {
        return server.sessions().stream()
                .filter(BastionSession::isAuthenticated)
                .findAny()
                .orElseThrow();
    }

    private static void isEndedByAsking(Connected asking, BastionSession session) {
        Flood flood = new Flood(asking, SshConstants.SSH_MSG_GLOBAL_REQUEST, BastionAnswersTest::keepAlive);
        await().atMost(TIMEOUT).until(() -> flood.goOn() && !session.isOpen());
        assertThat(session.keptAnswers()).isLessThanOrEqualTo(MessageBudget.MAX_KEPT_ANSWERS + 1);
    }

    /** More than what stops the reading otherwise: here it would stop the exchange, too, and for ever. */
    @Test
    void whatWasAskedForBeforeTheClientKnewOfAnExchangeOfKeysIsAnswered() throws Exception {
        Connected asking = logIn();
        asking.stopReading();
        BastionSession session = loggedIn();
        KeyExchangeFuture exchange = session.reExchangeKeys();
        for (int i = 0; i < MessageBudget.MAX_KEPT_ANSWERS; i++) {
            asking.send(SshConstants.SSH_MSG_GLOBAL_REQUEST, BastionAnswersTest::keepAlive);
        }
        await().atMost(TIMEOUT).until(() -> session.keptAnswers() == MessageBudget.MAX_KEPT_ANSWERS);

        asking.readOn();

        exchange.verify(TIMEOUT);
        keepAliveIsAnswered(asking);
        await().atMost(TIMEOUT).until(() -> session.keptAnswers() == 0);
    }

    /** With all that the server would agree to, and nothing behind it. */
    private static void beginExchange(Connected client) throws IOException {
        Map<KexProposalOption, String> offer = client.session().getServerKexProposals();
        client.send(SshConstants.SSH_MSG_KEXINIT, packet -> {
            packet.putRawBytes(new byte[16]);
            KexProposalOption.VALUES.forEach(option -> packet.putString(offer.getOrDefault(option, "")));
            packet.putBoolean(false);
            packet.putUInt(0);
        });
    }

    /** Whether the bastion waits for somebody to take answers. */
    private boolean isHolding() {
        return server.sessions().stream().anyMatch(BastionSession::isHolding);
    }

    private static void keepAlive(Buffer packet) {
        packet.putString("keepalive@openssh.com");
        packet.putBoolean(true);
    }

    private static void keepAliveIsAnswered(Connected asking) throws IOException {
        Buffer question = asking.session().createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        keepAlive(question);
        asking.session().request("keepalive@openssh.com", question, TIMEOUT.toMillis());
        assertThat(asking.isOpen()).isTrue();
    }

    /** Sends as fast as it is taken, without waiting for anything. */
    private static final class Flood {
        private final Connected client;
        private final int message;
        private final Consumer<Buffer> fields;
        private final AtomicInteger unsent = new AtomicInteger();
        private int sent;

        Flood(Connected client, int message, Consumer<Buffer> fields) {
            this.client = client;
            this.message = message;
            this.fields = fields;
        }

        int sent() {
            return sent;
        }

        int unsent() {
            return unsent.get();
        }

        /** Until the kernels have enough for now, or the gateway has closed the connection. */
        boolean goOn() {
            for (int i = 0; i < 5_000 && unsent.get() < MAX_UNSENT && client.isOpen(); i++) {
                try {
                    unsent.incrementAndGet();
                    sent++;
                    client.send(message, fields).addListener(done -> unsent.decrementAndGet());
                } catch (IOException closedByTheGateway) {
                    unsent.decrementAndGet();
                }
            }
            return true;
        }
    }
}

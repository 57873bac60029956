package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be asked of a session with the bastion itself. OpenSSH's client does not ask for an answer to all of it. */
class UsageChannelTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private BastionServer server;
    private ClientSession session;

    @BeforeEach
    void logIn() throws IOException {
        server = new BastionServer(directory, Optional.empty());
        session = server.logIn();
    }

    @AfterEach
    void stop() {
        session.close(true);
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "pty-req, SUCCESS",
        "shell, SUCCESS",
        "auth-agent-req@openssh.com, FAILURE",
        "auth-agent-req, FAILURE",
        "x11-req, FAILURE",
        "subsystem, FAILURE",
        "break, FAILURE"
    })
    void onlyWhatAPersonNeedsToBeToldIsGranted(String request, Asking.Answer answer) throws Exception {
        // Given
        Asking channel = new Asking();
        session.getService(ConnectionService.class).registerChannel(channel);
        channel.open().verify(TIMEOUT);

        // When
        channel.ask(request);

        // Then
        assertThat(channel.answers.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(answer);
    }

    /** A session for which nothing is asked but what the test asks for. */
    private static final class Asking extends AbstractClientChannel {
        enum Answer {
            SUCCESS,
            FAILURE
        }

        private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

        Asking() {
            super("session");
        }

        /** RFC 4254 section 5.4; what belongs to a type of request is left out. */
        void ask(String type) throws IOException {
            Buffer request = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
            request.putUInt(getRecipient());
            request.putString(type);
            request.putBoolean(true);
            writePacket(request);
        }

        @Override
        public void handleSuccess() {
            answers.add(Answer.SUCCESS);
        }

        @Override
        public void handleFailure() {
            answers.add(Answer.FAILURE);
        }

        @Override
        protected void doOpen() {}

        @Override
        protected void doWriteData(byte[] data, int offset, long length) {}

        @Override
        protected void doWriteExtendedData(byte[] data, int offset, long length) {}
    }
}

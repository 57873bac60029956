package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;

/**
 * Authentication (RFC 4252) with a number of tries. A try is whatever fails: a key that may not log in, a signature that is
 * wrong, another method. The question which methods there are is none; keys that a client only asks about count as with
 * OpenSSH, because nobody can tell an agent with many keys from somebody who looks for one.
 */
final class LoginService extends ServerUserAuthService {
    /** Of one connection. */
    static final int TRIES = 6;

    private static final String QUESTION = "none";

    private boolean asks;

    private LoginService(Session session) throws IOException {
        super(session);
    }

    /** Makes them for SSHD. */
    static final class LoginServiceFactory extends ServerUserAuthServiceFactory {
        @Override
        public Service create(Session session) throws IOException {
            return new LoginService(session);
        }
    }

    @Override
    protected boolean handleUserAuthRequestMessage(
            ServerSession session, Buffer buffer, AtomicReference<Boolean> authenticated) throws Exception {
        int begin = buffer.rpos();
        buffer.getString();
        buffer.getString();
        asks = buffer.getString().equals(QUESTION);
        buffer.rpos(begin);
        return super.handleUserAuthRequestMessage(session, buffer, authenticated);
    }

    @Override
    protected void handleAuthenticationFailure(int command, Buffer buffer) throws Exception {
        ServerSession session = getServerSession();
        if (!asks && BastionConnection.of(session).countTry() >= TRIES) {
            session.disconnect(
                    SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many authentication failures");
        } else {
            super.handleAuthenticationFailure(command, buffer);
        }
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A session that asks for new keys only between two messages of its client. Lives on SSHD's threads.
 *
 * <p>SSHD would ask behind any packet that it has written, too, on the thread that wrote it. Where the client's own
 * SSH_MSG_KEXINIT is read at that moment, SSHD 2.20 negotiates on the writing thread, and the client's next message of the
 * exchange is handled on the reading one before there is anything to handle it with: a NullPointerException, and the
 * connection is lost. On the one thread that reads, the two follow each other. Nothing is put off by that: whoever takes
 * bytes answers with windows (RFC 4254 section 5.2).
 */
final class RekeyingSession extends ServerSessionImpl {

    RekeyingSession(ServerFactoryManager server, IoSession socket) throws Exception {
        super(server, socket);
    }

    @Override
    protected KeyExchangeFuture checkRekey() throws Exception {
        return decodeLock.isHeldByCurrentThread() ? super.checkRekey() : null;
    }
}

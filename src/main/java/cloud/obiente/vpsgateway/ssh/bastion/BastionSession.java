package cloud.obiente.vpsgateway.ssh.bastion;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A session that asks for new keys only between two messages of its client, and has one service before the login and one
 * after it. Lives on SSHD's threads.
 *
 * <p>SSHD would ask behind any packet that it has written, too, on the thread that wrote it. Where the client's own
 * SSH_MSG_KEXINIT is read at that moment, SSHD 2.20 negotiates on the writing thread, and the client's next message of the
 * exchange is handled on the reading one before there is anything to handle it with: a NullPointerException, and the
 * connection is lost. On the one thread that reads, the two follow each other. Nothing is put off by that: whoever takes
 * bytes answers with windows (RFC 4254 section 5.2).
 *
 * <p>SSHD would also begin a service anew as often as it is asked to, and forget the old one with all that it holds: the
 * count of tries before the login, the channels after it.
 */
final class BastionSession extends ServerSessionImpl {
    /** Paramiko asks before each try, not once (RFC 4253 section 10). */
    private static final int MAX_SERVICE_REQUESTS = 2 * LoginService.TRIES;

    /** On the thread that reads. */
    private int serviceRequests;

    BastionSession(ServerFactoryManager server, IoSession socket) throws Exception {
        super(server, socket);
    }

    @Override
    protected KeyExchangeFuture checkRekey() throws Exception {
        return decodeLock.isHeldByCurrentThread() ? super.checkRekey() : null;
    }

    @Override
    protected boolean handleServiceRequest(String name, Buffer request) throws Exception {
        if (isAuthenticated()) {
            return refuseService("a service was asked for after the login");
        }
        serviceRequests++;
        if (serviceRequests > MAX_SERVICE_REQUESTS) {
            return refuseService("a service was asked for too often");
        }
        return super.handleServiceRequest(name, request);
    }

    private boolean refuseService(String why) throws Exception {
        disconnect(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, why);
        return false;
    }

    /** Goes on with the one that is there. */
    @Override
    public void startService(String name, Buffer request) throws Exception {
        if (!name.equalsIgnoreCase(currentService.getName())) {
            super.startService(name, request);
        }
    }
}

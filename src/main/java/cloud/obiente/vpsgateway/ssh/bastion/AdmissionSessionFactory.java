package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousSocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;
import org.jboss.logging.Logger.Level;

/**
 * Lets connections in, or closes them before a byte was spent on them, and sees to it that they log in or go. Called by
 * SSHD on its threads.
 */
final class AdmissionSessionFactory extends SessionFactory {
    private static final Object ADMITTED = new Object();
    /** Probes without an answer before a client is given up. */
    private static final int PROBES = 6;

    private final ConnectionAdmission admission;
    private final BastionListener listener;
    private final ScheduledExecutorService timer;
    private final BastionSettings settings;
    private final Duration keepAlive;
    private final BastionLog lines;
    private final Executor threads;

    AdmissionSessionFactory(
            ServerFactoryManager server,
            BastionSettings settings,
            Duration keepAlive,
            ConnectionAdmission admission,
            BastionListener listener,
            ScheduledExecutorService timer,
            BastionLog lines,
            Executor threads) {
        super(server);
        this.settings = settings;
        this.keepAlive = keepAlive;
        this.admission = admission;
        this.listener = listener;
        this.timer = timer;
        this.lines = lines;
        this.threads = threads;
    }

    @Override
    public void sessionCreated(IoSession socket) throws Exception {
        BastionConnection connection = new BastionConnection(socket);
        Optional<ConnectionAdmission.AdmissionRefusal> refusal = admission.enter(connection.source());
        if (refusal.isPresent()) {
            listener.refused(refusal.get());
            socket.close(true);
            return;
        }
        socket.setAttribute(ADMITTED, connection);
        Future<?> grace = timer.schedule(
                () -> endWithoutLogin(socket, connection), settings.loginGrace().toMillis(), TimeUnit.MILLISECONDS);
        socket.addCloseFutureListener(closed -> {
            grace.cancel(false);
            onClosed(connection);
        });
        probe(socket);
        super.sessionCreated(socket);
    }

    @Override
    protected ServerSessionImpl doCreateSession(IoSession socket) throws Exception {
        ServerSessionImpl session = new BastionSession(getServer(), socket, lines, threads);
        ((BastionConnection) socket.getAttribute(ADMITTED)).attachTo(session);
        return session;
    }

    @Override
    public void sessionClosed(IoSession socket) throws Exception {
        if (socket.getAttribute(ADMITTED) != null) {
            super.sessionClosed(socket);
        }
    }

    private void endWithoutLogin(IoSession socket, BastionConnection connection) {
        if (!connection.isLoggedIn()) {
            lines.log(
                    Level.INFO,
                    BastionLog.Kind.NO_LOGIN,
                    connection,
                    "no login within " + settings.loginGrace().toSeconds() + " s, from=" + connection.source());
            socket.close(true);
        }
    }

    private void onClosed(BastionConnection connection) {
        if (connection.isLoggedIn()) {
            admission.left();
            return;
        }
        if (connection.tries() > 0) {
            listener.loginFailed();
        }
        if (admission.leftWithoutLogin(connection.source(), connection.tries(), LoginService.TRIES)) {
            lines.log(
                    Level.WARN,
                    BastionLog.Kind.BANNED,
                    connection,
                    connection.source() + " is banned for " + settings.banTime().toSeconds()
                            + " s after failed logins (GATEWAY_SSH_BASTION_REST)");
        }
    }

    /** A client that is gone without a word is noticed as a VPS is: by TCP keepalive. */
    private void probe(IoSession session) throws IOException {
        int idle = (int) Math.max(1, keepAlive.toSeconds());
        AsynchronousSocketChannel socket = ((Nio2Session) session).getSocket();
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, idle);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, Math.max(1, idle / PROBES));
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }
}

package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.jboss.logging.Logger.Level;

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
 * count of tries before the login, the channels after it. And it would answer for ever, to a client that asks and does not
 * read: keepalives, messages that nobody knows, channels that are refused.
 */
final class BastionSession extends ServerSessionImpl implements ReadHold.Session {
    private static final String NOT_READING = "the client does not take the answers to what it asks";
    /** Paramiko asks before each try, not once (RFC 4253 section 10). */
    private static final int MAX_SERVICE_REQUESTS = 2 * LoginService.TRIES;

    /** On the thread that reads. */
    private int serviceRequests;

    private final MessageBudget messages = new MessageBudget();
    private final BastionLog clientLog;
    private final ReadHold hold;

    /** @param threads for what was read and had to wait */
    BastionSession(ServerFactoryManager server, IoSession socket, BastionLog clientLog, Executor threads)
            throws Exception {
        super(server, socket);
        this.clientLog = clientLog;
        this.hold = new ReadHold(socket, answers(), this, threads, System::nanoTime);
        ((BastionSocket) socket).onDrained(hold::onDrained);
    }

    static boolean isData(int message) {
        return message == SshConstants.SSH_MSG_CHANNEL_DATA || message == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA;
    }

    private AnswerQueue answers() {
        return ((BastionSocket) getIoSession()).answers();
    }

    /** SSHD's constructor calls it. */
    @Override
    protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
        return new CountingKexHandler(this, log);
    }

    @Override
    protected IoWriteFuture doWritePacket(Buffer packet) throws IOException {
        encodeLock.lock();
        try {
            BastionSocket socket = (BastionSocket) getIoSession();
            socket.writesData(isData(packet.array()[packet.rpos()] & 0xff));
            IoWriteFuture written = super.doWritePacket(packet);
            socket.writesData(false);
            return written;
        } finally {
            encodeLock.unlock();
        }
    }

    @Override
    public void messageReceived(Readable bytes) throws Exception {
        hold.received(bytes);
    }

    @Override
    public void feed(Readable piece) throws Exception {
        super.messageReceived(piece);
    }

    @Override
    public boolean mayGoOn() {
        return isOpen();
    }

    @Override
    public void failed(Exception fault) {
        exceptionCaught(fault);
    }

    /** Whether nothing is read from the client because it does not take answers. */
    boolean isHolding() {
        return hold.heldNanos().isPresent();
    }

    /** Ends it when its client has left too many answers where they are for that long. Any thread. */
    void endIfNotReading(Duration timeout) {
        if (hold.isHeldFor(timeout) && isOpen()) {
            BastionConnection connection = BastionConnection.of(this);
            connection.ends(NOT_READING);
            clientLog.log(
                    Level.INFO, BastionLog.Kind.MISBEHAVED, connection, "closed, " + connection + ": " + NOT_READING);
            getIoSession().close(true);
        }
    }

    @Override
    protected void handleMessage(Buffer message) throws Exception {
        Optional<String> objection = messages.objection(
                message.rawByte(message.rpos()) & 0xff, isAuthenticated(), initialKexDone, keptAnswers());
        if (objection.isEmpty()) {
            super.handleMessage(message);
        } else if (isOpen()) {
            disconnect(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, objection.get());
        }
    }

    /** Answers that wait for the end of an exchange of keys. Any thread. */
    int keptAnswers() {
        return ((CountingKexHandler) kexHandler).keptAnswers();
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

package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ssh.CallerStream;
import cloud.obiente.vpsgateway.ssh.TunnelStream;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jboss.logging.Logger.Level;

/**
 * A direct-tcpip channel (RFC 4254 section 7.2): a stream of its own with one tunnel.
 *
 * <p>Two sides, two threads, no locks. The tunnel's side lives on an event loop: the methods of {@link CallerStream}, and all
 * fields that are neither final nor volatile. The client's side lives on {@link #writers}, one task at a time: everything
 * that is encrypted and written. SSHD calls in on its own threads, and is passed on to the one or the other.
 *
 * <p>Flow control. The client may send what its {@link ReceiveWindow} has open; SSHD's own window, which cannot grow beyond
 * its first size, is not used. The VPS is read while less than {@value #BACKLOG_BYTES} bytes wait to be written to the client.
 * With one read of 64 KiB beyond it, a channel holds 256 KiB at most.
 */
final class TunnelChannel extends AbstractServerChannel implements CallerStream {
    private static final int BACKLOG_BYTES = 32 << 10;
    /** The stream's only tunnel needs no name. */
    private static final String ID = "";

    private static final String OVERDRAWN = "the client sent more than it was granted";

    private final Tunnels tunnels;
    private final EventLoop loop;
    private final SerialExecutor writers;
    private final DirectTunnels.Rules rules;
    private final WindowBudget budget;
    private final ReceiveWindow window;
    private final ClientOutput output;
    private final ClientBacklog backlog;
    private final ChannelAnswers answers;
    private volatile Optional<String> fault = Optional.empty();
    private Optional<TunnelStream> stream = Optional.empty();
    private boolean open;
    private boolean ended;
    private boolean completed;
    private boolean gone;

    TunnelChannel(
            Tunnels tunnels,
            EventLoop loop,
            SerialExecutor writers,
            DirectTunnels.Rules rules,
            WindowBudget budget,
            ReceiveWindow window) {
        super(null);
        this.tunnels = tunnels;
        this.loop = loop;
        this.writers = writers;
        this.rules = rules;
        this.budget = budget;
        this.window = window;
        this.backlog = new ClientBacklog(tunnels.bufferedBytes());
        this.answers = new ChannelAnswers(this);
        this.output = new ClientOutput(this, this::onWritten, this::onAllWritten, this::pump);
    }

    @Override
    protected OpenFuture doInit(Buffer buffer) {
        String target = buffer.getString();
        long port = buffer.getUInt();
        BastionConnection connection = BastionConnection.of(getSession());
        Optional<AuthorizedKey> key = rules.key(connection);
        Optional<String> objection = rules.objectionToOpening(connection, key, target, port);
        addCloseFutureListener(closed -> loop.execute(() -> onGone(connection)));
        if (objection.isPresent()) {
            rules.refused(connection, target, objection.get());
            refuse(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, objection.get());
        } else {
            addCloseFutureListener(closed -> connection.removeChannel());
            Caller who = Caller.of("bastion:" + connection.login().user());
            loop.execute(() -> begin(who, target, (int) port, key.orElseThrow().line()));
        }
        // SSHD would answer for it, with a text of its own; it is answered by connected() and refuse().
        return new DefaultOpenFuture(this, futureLock);
    }

    private void begin(Caller who, String target, int port, String keyLine) {
        if (ended) {
            return;
        }
        if (window.enter()) {
            TunnelStream begun = tunnels.open(who, this, loop);
            stream = Optional.of(begun);
            begun.connect(ID, target, port, keyLine);
        } else {
            refused(ID, Tunnels.NO_BUFFER_LEFT);
        }
    }

    private void write(Task task) {
        writers.execute(() -> {
            try {
                // Otherwise SSHD blocks the thread while keys are exchanged, for as long as the client likes.
                ThreadUtils.runAsInternal(() -> {
                    task.run();
                    return null;
                });
            } catch (Exception broken) {
                breakOff(broken);
            }
        });
    }

    @FunctionalInterface
    private interface Task {
        void run() throws IOException;
    }

    private void refuse(int code, String reason) {
        write(() -> {
            answers.refuse(code, reason);
            close(true);
        });
    }

    @Override
    public void connected(String id) {
        open = true;
        int granted = window.open();
        write(() -> answers.confirm(granted));
    }

    @Override
    public void refused(String id, String reason) {
        endBeforeOpen(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, reason);
    }

    @Override
    public void failed(String id, String reason) {
        if (open) {
            end();
        } else {
            endBeforeOpen(SshConstants.SSH_OPEN_CONNECT_FAILED, reason);
        }
    }

    @Override
    public void closed(String id, String reason) {
        if (open) {
            end();
        } else {
            endBeforeOpen(SshConstants.SSH_OPEN_CONNECT_FAILED, reason);
        }
    }

    private void endBeforeOpen(int code, String reason) {
        if (!ended) {
            ended = true;
            refuse(code, reason);
            letGo();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            write(output::finish);
            letGo();
        }
    }

    /** Later, because the stream is in the middle of telling us. */
    private void letGo() {
        loop.execute(() -> stream.ifPresent(TunnelStream::finish));
    }

    private void onAllWritten() {
        try {
            sendEof();
        } catch (IOException broken) {
            breakOff(broken);
        }
        close(false);
    }

    /** On a connection that has ended, nothing else can happen, and its own end has been reported. */
    private void breakOff(Exception broken) {
        if (!isClosing() && !getSession().isClosing()) {
            rules.log().fault(BastionLog.Kind.BROKEN, BastionConnection.of(getSession()), "channel broke", broken);
            fault = Optional.of("channel broke: " + broken);
        }
        close(true);
    }

    @Override
    public void data(String id, byte[] bytes) {
        backlog.add(bytes.length);
        write(() -> output.send(bytes));
    }

    private void onWritten(int bytes) {
        loop.execute(() -> {
            backlog.written(bytes);
            stream.ifPresent(TunnelStream::callerTook);
        });
    }

    @Override
    public boolean isReady() {
        int capacity = budget.readCapacity();
        return capacity > WindowBudget.MIN_READ_BYTES && backlog.bytes() < Math.min(BACKLOG_BYTES, capacity);
    }

    @Override
    public int readCapacity() {
        return budget.readCapacity();
    }

    @Override
    public int backlogBytes() {
        return backlog.bytes();
    }

    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        super.handleWindowAdjust(buffer);
        pump();
    }

    private void pump() {
        write(output::pump);
    }

    @Override
    public void handleData(Buffer buffer) {
        long length = buffer.getUInt();
        if (length <= buffer.available() && window.spend(length)) {
            doWriteData(buffer.array(), buffer.rpos(), length);
        } else {
            loop.execute(this::endOverdrawn);
        }
    }

    @Override
    protected void doWriteData(byte[] packet, int offset, long length) {
        byte[] bytes = Arrays.copyOfRange(packet, offset, offset + (int) length);
        loop.execute(() -> {
            if (!ended) {
                window.arrived(bytes.length);
                stream.ifPresent(to -> to.data(ID, ByteBuffer.wrap(bytes)));
            }
        });
    }

    /** RFC 4254 section 5.2 lets us ignore what comes beyond the window; but nobody could tell which bytes are missing then. */
    private void endOverdrawn() {
        if (!ended) {
            BastionConnection client = BastionConnection.of(getSession());
            rules.log().log(
                    Level.WARN, BastionLog.Kind.MISBEHAVED, client, "channel closed, " + client + ": " + OVERDRAWN);
            ended = true;
            stream.ifPresent(left -> left.close(ID, OVERDRAWN));
            if (open) {
                write(() -> close(false));
            } else {
                refuse(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, OVERDRAWN);
            }
        }
    }

    @Override
    protected void doWriteExtendedData(byte[] packet, int offset, long length) throws IOException {
        throw new IOException("a direct-tcpip channel has no extended data");
    }

    @Override
    public void taken(String id, int bytes) {
        int granted = window.taken(bytes);
        if (granted > 0) {
            write(() -> answers.grant(granted));
        }
    }

    /** The window asks, not we. */
    @Override
    public void askForOne() {}

    /** The channel is closed by {@link #end}; the VPS has got all that it will get. */
    @Override
    public void complete() {
        completed = true;
        backlog.streamEnded();
        leaveBudget();
    }

    /** When nothing is held any more for either side. */
    private void leaveBudget() {
        if (completed && gone) {
            window.close();
        }
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        loop.execute(() -> stream.ifPresent(TunnelStream::finish));
    }

    /** Whichever side closed it, the VPS gets what was accepted for it. */
    private void onGone(BastionConnection connection) {
        ended = true;
        gone = true;
        backlog.clientGone();
        leaveBudget();
        String why = fault.or(connection::end).orElse(TunnelStream.CLOSED_BY_CALLER);
        stream.ifPresent(left -> left.close(ID, why));
    }
}

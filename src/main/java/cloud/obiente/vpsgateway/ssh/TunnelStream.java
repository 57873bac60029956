package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tunnels of one caller's stream, told apart by the ids that the caller chose. Lives on one event loop; all methods
 * are called there.
 *
 * <p>Flow control. The caller may send one message at a time: the next is asked for as soon as the tunnel that got the
 * last one can take more. So a VPS that does not read holds back its own stream, and nothing else; when the stream
 * carries several tunnels, for a while only, and is then given up. The VPSs are read while the caller keeps up with what
 * is sent to it.
 *
 * <p>A stream without a tunnel ends when its caller has said nothing for {@link SshSettings#EMPTY_STREAM_TIMEOUT}.
 */
public final class TunnelStream implements Tunnel.StreamListener {
    /** How most tunnels end that their callers end. */
    public static final String CLOSED_BY_CALLER = "closed by the caller";

    private static final int MAX_ID_LENGTH = 128;
    private static final int DEFAULT_PORT = 22;

    private final Tunnels tunnels;
    private final Caller who;
    private final CallerStream caller;
    private final EventLoop loop;
    private final Map<String, Tunnel> open = new LinkedHashMap<>();
    /** Ended for the caller, but still delivering to their VPSs. */
    private final Set<Tunnel> flushing = new HashSet<>();

    private final StreamStall stall;
    /** Present while the stream has no tunnel. */
    private Optional<IdleWatch> emptiness = Optional.empty();

    private boolean messageOwed;
    private boolean answersUnread;
    private boolean reading = true;
    private boolean callerFinished;
    private boolean lastClosed;
    private boolean over;
    private int backlogCounted;

    TunnelStream(Tunnels tunnels, Caller who, CallerStream caller, EventLoop loop) {
        this.tunnels = tunnels;
        this.who = who;
        this.caller = caller;
        this.loop = loop;
        this.stall = new StreamStall(tunnels, loop, caller.windowBytes(), () -> open.size() > 1);
        watchIfEmpty();
    }

    /**
     * The caller wants a connection.
     *
     * @param port 0 means 22
     * @param publicKey authorized_keys line of the end user, or empty
     */
    public void connect(String id, String target, int port, String publicKey) {
        int wanted = port == 0 ? DEFAULT_PORT : port;
        Optional<String> objection = objection(id);
        Optional<String> fingerprint = Optional.empty();
        if (objection.isEmpty() && !publicKey.isEmpty()) {
            try {
                fingerprint = Optional.of(tunnels.keys().fingerprint(publicKey));
            } catch (InvalidValueException notAKey) {
                objection = Optional.of("ssh_public_key " + notAKey.getMessage());
            }
        }
        objection = objection.or(tunnels::countConnection);
        // Whatever becomes of it, an answer follows.
        answersUnread = true;
        if (objection.isPresent()) {
            caller.refused(id, objection.get());
            countBacklog();
        } else {
            lastClosed = false;
            TunnelRequest session = new TunnelRequest(
                    id, target, wanted, fingerprint, who, tunnels.clock().instant());
            Tunnel tunnel = new Tunnel(session, tunnels, loop, this);
            open.put(id, tunnel);
            unwatch();
            tunnel.start();
        }
        messageHandled(Optional.empty());
    }

    private Optional<String> objection(String id) {
        if (open.containsKey(id)) {
            return Optional.of("connection_id is in use");
        }
        if (id.length() > MAX_ID_LENGTH) {
            return Optional.of("connection_id has more than " + MAX_ID_LENGTH + " characters");
        }
        int most = tunnels.settings().limits().connectionsPerStream();
        return open.size() + flushing.size() >= most
                ? Optional.of("too many connections: this stream has " + most + " already"
                        + " (GATEWAY_SSH_MAX_CONNECTIONS_PER_STREAM)")
                : Optional.empty();
    }

    /** The caller sends bytes to a VPS. */
    public void data(String id, ByteBuffer bytes) {
        Optional<Tunnel> tunnel = Optional.ofNullable(open.get(id));
        if (tunnel.isEmpty()) {
            answerWithError(id, "connection not found");
        } else if (bytes.hasRemaining()) {
            tunnel.get().send(bytes);
        }
        messageHandled(tunnel);
    }

    /** The caller has done with a connection; with the last one, with the stream. */
    public void close(String id) {
        close(id, CLOSED_BY_CALLER);
    }

    /**
     * The same for another reason.
     *
     * @param why for the record
     */
    public void close(String id, String why) {
        Tunnel tunnel = open.get(id);
        if (tunnel != null) {
            tunnel.release(why);
        }
        lastClosed = open.isEmpty();
        completeIfEmpty();
        messageHandled(Optional.empty());
    }

    /** The caller will send nothing more. */
    public void finish() {
        List.copyOf(open.values()).forEach(Tunnel::finish);
        callerFinished = true;
        completeIfEmpty();
    }

    /** The caller is gone, or has been told that its stream is over. */
    public void abandon(String reason) {
        if (!over) {
            end();
            new ArrayList<>(open.values()).forEach(tunnel -> tunnel.abort(Tunnel.Notice.NOTHING, reason));
            List.copyOf(flushing).forEach(tunnel -> tunnel.abort(Tunnel.Notice.NOTHING, reason));
        }
    }

    /** The gateway ends it: the caller learns why for each connection. Any thread. */
    void shutDown(String reason) {
        loop.execute(() -> {
            if (!over) {
                new ArrayList<>(open.values()).forEach(tunnel -> tunnel.abort(Tunnel.Notice.CLOSED, reason));
                List.copyOf(flushing).forEach(tunnel -> tunnel.abort(Tunnel.Notice.NOTHING, reason));
                callerFinished = true;
                completeIfEmpty();
            }
        });
    }

    /** Bytes sent to the caller have left, or it can take more. */
    public void callerTook() {
        countBacklog();
        if (over) {
            return;
        }
        updateReading();
        askIfOwed();
    }

    private void answerWithError(String id, String reason) {
        answersUnread = true;
        caller.failed(id, reason);
        countBacklog();
    }

    private void messageHandled(Optional<Tunnel> fed) {
        messageOwed = true;
        emptiness.ifPresent(IdleWatch::traffic);
        fed.filter(tunnel -> !tunnel.hasCapacity()).ifPresent(stall::begin);
        askIfOwed();
    }

    private void askIfOwed() {
        if (caller.isReady()) {
            answersUnread = false;
        }
        // A caller that does not read our answers must not make us collect them.
        if (messageOwed && !over && !stall.isPresent() && !answersUnread) {
            messageOwed = false;
            caller.askForOne();
        }
    }

    private void updateReading() {
        boolean wanted = caller.isReady() && !tunnels.bufferedBytes().isFull() || caller.backlogBytes() == 0;
        if (wanted != reading) {
            reading = wanted;
            open.values().forEach(tunnel -> tunnel.setReading(reading));
        }
    }

    private void countBacklog() {
        int now = over ? 0 : caller.backlogBytes();
        tunnels.bufferedBytes().add(now - backlogCounted);
        backlogCounted = now;
    }

    @Override
    public void onConnected(Tunnel tunnel) {
        caller.connected(tunnel.id());
        tunnel.setReading(reading);
    }

    @Override
    public void onBytes(Tunnel tunnel, byte[] bytes) {
        caller.data(tunnel.id(), bytes);
        countBacklog();
        updateReading();
    }

    @Override
    public int readCapacity() {
        return caller.readCapacity();
    }

    @Override
    public void onTaken(Tunnel tunnel, int bytes) {
        caller.taken(tunnel.id(), bytes);
        if (stall.isBy(tunnel) && tunnel.hasCapacity()) {
            goOn();
        }
    }

    @Override
    public void onEnded(Tunnel tunnel, Tunnel.Notice notice, String reason) {
        open.remove(tunnel.id());
        flushing.add(tunnel);
        if (!over) {
            tell(tunnel, notice, reason);
        }
        if (stall.isBy(tunnel)) {
            goOn();
        }
    }

    private void tell(Tunnel tunnel, Tunnel.Notice notice, String reason) {
        switch (notice) {
            case FINISHED -> caller.closed(tunnel.id(), "");
            case CLOSED -> caller.closed(tunnel.id(), reason);
            case REFUSED -> caller.refused(tunnel.id(), reason);
            case ERROR -> caller.failed(tunnel.id(), reason);
            case NOTHING -> {}
        }
        countBacklog();
    }

    private void goOn() {
        stall.end();
        askIfOwed();
    }

    @Override
    public void onDelivered(Tunnel tunnel) {
        flushing.remove(tunnel);
        completeIfEmpty();
        watchIfEmpty();
    }

    private void completeIfEmpty() {
        if ((callerFinished || lastClosed) && isEmpty()) {
            complete();
        }
    }

    /** Callers leave streams open on which nothing will ever come; each would cost its connection until it breaks. */
    private void watchIfEmpty() {
        if (isEmpty() && emptiness.isEmpty()) {
            emptiness = Optional.of(
                    new IdleWatch(loop, tunnels::nanoTime, SshSettings.EMPTY_STREAM_TIMEOUT, this::complete));
        }
    }

    private void unwatch() {
        emptiness.ifPresent(IdleWatch::stop);
        emptiness = Optional.empty();
    }

    private boolean isEmpty() {
        return !over && open.isEmpty() && flushing.isEmpty();
    }

    private void complete() {
        end();
        caller.complete();
    }

    private void end() {
        over = true;
        unwatch();
        countBacklog();
        tunnels.ended(this);
    }
}

package cloud.obiente.vpsgateway.ssh;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a VPS. Lives on the event loop of its stream.
 *
 * <pre>
 * APPROACHING ──▶ OPEN ──▶ FLUSHING ──▶ LINGERING ──▶ GONE
 *      └───────────┴──────────┴──────────────────────▲
 * </pre>
 *
 * <p>While it is OPEN, each direction may have ended already. In FLUSHING the caller has been told, or has said, that it
 * has ended, and the VPS still gets what was accepted for it. In LINGERING it has got all, and the end of input; its own
 * end is awaited, because a socket that is closed with bytes unread is reset, and the VPS may lose what it was sent. A
 * tunnel whose caller has let go of it before it was OPEN with bytes accepted goes on to OPEN and from there to FLUSHING
 * at once.
 */
final class Tunnel implements ConnectAttempt.AttemptListener, VpsChannelHandler.SocketListener {
    /** What the caller is told of an end. */
    enum Notice {
        NOTHING,
        /** The VPS has closed, and all that it sent has been handed on. */
        FINISHED,
        /** The gateway has closed it. */
        CLOSED,
        /** It must not be, or cannot be now; nothing was dialed. */
        REFUSED,
        ERROR
    }

    /** What a tunnel tells its stream. */
    interface StreamListener {
        void onConnected(Tunnel tunnel);

        void onBytes(Tunnel tunnel, byte[] bytes);

        /** The most that may be read from the VPS at once. */
        int readCapacity();

        /** The VPS has taken bytes. */
        void onTaken(Tunnel tunnel, int bytes);

        /** Nothing more comes from it; called once. */
        void onEnded(Tunnel tunnel, Notice notice, String reason);

        /** The VPS has got all it will get; called once, after {@link #onEnded}. */
        void onDelivered(Tunnel tunnel);
    }

    private enum State {
        CONNECTING,
        OPEN,
        FLUSHING,
        LINGERING,
        GONE
    }

    private final TunnelRequest session;
    private final Tunnels tunnels;
    private final EventLoop loop;
    private final StreamListener listener;
    private final ConnectAttempt attempt;
    private final SessionTally tally;
    private final VpsWriter output;
    private State state = State.CONNECTING;
    private boolean ended;
    private boolean delivered;
    private boolean inputEnded;
    private Optional<TunnelDestination> destination = Optional.empty();
    private Optional<IdleWatch> idleWatch = Optional.empty();
    private Optional<Future<?>> stallTimer = Optional.empty();
    private String end = "";
    /** Among all tunnels of this run. */
    private long number;

    Tunnel(TunnelRequest session, Tunnels tunnels, EventLoop loop, StreamListener listener) {
        this.session = session;
        this.tunnels = tunnels;
        this.loop = loop;
        this.listener = listener;
        this.attempt = new ConnectAttempt(tunnels, loop, this);
        this.tally = new SessionTally(session, tunnels.listener(), tunnels::nanoTime);
        this.output = new VpsWriter(tunnels.bufferedBytes(), this::onWritten);
    }

    String id() {
        return session.id();
    }

    /** The event loop that it lives on; any thread. */
    EventLoop loop() {
        return loop;
    }

    /** What it has done so far. */
    LiveSession soFar() {
        return new LiveSession(number, state.name().toLowerCase(Locale.ROOT), tally.soFar());
    }

    /** Resolves and dials. */
    void start() {
        number = tunnels.begun(this);
        attempt.begin(session.target(), session.port(), this);
    }

    @Override
    public void onDestination(TunnelDestination destination) {
        this.destination = Optional.of(destination);
        tally.leadsTo(destination);
    }

    @Override
    public void onRefused(String why) {
        abort(Notice.REFUSED, why);
    }

    @Override
    public void onFailed(String why) {
        abort(Notice.ERROR, why);
    }

    @Override
    public void onConnected(Channel socket) {
        state = State.OPEN;
        socket.config().setRecvByteBufAllocator(new BoundedReadAllocator(listener::readCapacity));
        tally.connected();
        if (!ended) {
            listener.onConnected(this);
        }
        idleWatch = tunnels.settings().idleTimeout().map(this::watchIdleness);
        output.open(socket);
        if (ended) {
            startFlushing();
        }
    }

    private IdleWatch watchIdleness(Duration limit) {
        return new IdleWatch(
                loop, tunnels::nanoTime, limit, () -> abort(Notice.ERROR, "idle for " + limit.toSeconds() + " s"));
    }

    /** Bytes from the caller, to be delivered in the order of the calls. */
    void send(ByteBuffer bytes) {
        idleWatch.ifPresent(IdleWatch::traffic);
        output.send(bytes);
    }

    private void onWritten(int size) {
        tally.out(size);
        if (state == State.FLUSHING && size > 0) {
            restartStallTimer();
        }
        lingerIfFlushed();
        if (!ended) {
            listener.onTaken(this, size);
        }
    }

    /** Whether more bytes for the VPS are welcome. */
    boolean hasCapacity() {
        return ended || output.hasCapacity();
    }

    /** The caller will send no more: the VPS sees the end of input behind all bytes; its own still come back. */
    void finish() {
        output.finish();
    }

    private void lingerIfFlushed() {
        if (state != State.FLUSHING || !output.isEmpty()) {
            return;
        }
        if (inputEnded || output.isBroken()) {
            close();
        } else {
            state = State.LINGERING;
            output.finish();
            tellDelivered();
        }
    }

    private void tellDelivered() {
        if (!delivered) {
            delivered = true;
            listener.onDelivered(this);
        }
    }

    /** The caller has closed it: the VPS gets what was accepted, nothing comes back. */
    void release(String reason) {
        endForCaller(Notice.NOTHING, reason);
        if (state == State.OPEN) {
            startFlushing();
        } else if (output.isEmpty()) {
            close();
        }
    }

    private void startFlushing() {
        state = State.FLUSHING;
        setReading(true);
        restartStallTimer();
        lingerIfFlushed();
    }

    /** From now on the VPS has so long to take some more and, once it has all, to end its side. */
    private void restartStallTimer() {
        stallTimer.ifPresent(timer -> timer.cancel(false));
        stallTimer = Optional.of(
                loop.schedule(this::close, tunnels.settings().stall().toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Ends it now; what has not been delivered is dropped. */
    void abort(Notice notice, String reason) {
        endForCaller(notice, reason);
        close();
    }

    private void endForCaller(Notice notice, String reason) {
        if (!ended) {
            ended = true;
            end = reason;
            listener.onEnded(this, notice, reason);
        }
    }

    private void close() {
        if (state == State.GONE) {
            return;
        }
        state = State.GONE;
        output.drop();
        idleWatch.ifPresent(IdleWatch::stop);
        attempt.stop();
        stallTimer.ifPresent(timer -> timer.cancel(false));
        attempt.socket().ifPresentOrElse(socket -> socket.close().addListener(closed -> onClosed()), this::onClosed);
    }

    private void onClosed() {
        tunnels.gone(number, tally.close(end));
        tellDelivered();
    }

    /** Whether bytes of the VPS are taken; after an end they are, and dropped, so that its death is noticed. */
    void setReading(boolean reading) {
        if (state == State.OPEN || state == State.FLUSHING) {
            attempt.socket().orElseThrow().config().setAutoRead(reading || ended);
        }
    }

    @Override
    public void onBytes(byte[] bytes) {
        if (ended) {
            return;
        }
        idleWatch.ifPresent(IdleWatch::traffic);
        tally.in(bytes.length);
        listener.onBytes(this, bytes);
    }

    @Override
    public void onEndOfInput() {
        inputEnded = true;
        if (state == State.OPEN && output.breakage().isPresent()) {
            onBroken(output.breakage().get());
        } else if (state == State.OPEN) {
            endForCaller(Notice.FINISHED, "closed by the VPS");
            release("closed by the VPS");
        } else if (state == State.LINGERING) {
            close();
        }
    }

    @Override
    public void onBroken(Throwable cause) {
        if (state == State.OPEN || state == State.FLUSHING || state == State.LINGERING) {
            abort(Notice.ERROR, VpsDialer.describeBreak(cause, destination.orElseThrow()));
        }
    }
}

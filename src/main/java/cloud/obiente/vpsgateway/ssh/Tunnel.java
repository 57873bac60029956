package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Allocation;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a VPS. Lives on the event loop of its stream.
 *
 * <pre>
 * RESOLVING ──▶ DIALING ──▶ OPEN ──▶ FLUSHING ──▶ LINGERING ──▶ GONE
 *     └────────────┴──────────┴──────────┴───────────────────────▲
 * </pre>
 *
 * <p>While it is OPEN, each direction may have ended already. In FLUSHING the caller has been told, or has said, that it
 * has ended, and the VPS still gets what was accepted for it. In LINGERING it has got all, and the end of input; its own
 * end is awaited, because a socket that is closed with bytes unread is reset, and the VPS may lose what it was sent. A
 * tunnel whose caller has let go of it before it was OPEN
 * with bytes accepted goes on to OPEN and from there to FLUSHING at once.
 */
final class Tunnel implements VpsSide.Listener {
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
    interface Listener {
        void onConnected(Tunnel tunnel);

        void onBytes(Tunnel tunnel, byte[] bytes);

        /** The VPS has taken bytes. */
        void onTaken(Tunnel tunnel, int bytes);

        /** Nothing more comes from it; called once. */
        void onEnded(Tunnel tunnel, Notice notice, String reason);

        /** The VPS has got all it will get; called once, after {@link #onEnded}. */
        void onDelivered(Tunnel tunnel);
    }

    private enum State {
        RESOLVING,
        DIALING,
        OPEN,
        FLUSHING,
        LINGERING,
        GONE
    }

    private final Session session;
    private final Tunnels room;
    private final EventLoop loop;
    private final Listener listener;
    private final long beganNanos;
    private final VpsOutput output;
    private State state = State.RESOLVING;
    private boolean ended;
    private boolean delivered;
    private boolean inputEnded;
    private boolean dialCounted;
    private Channel channel;
    private Optional<IdleWatch> idleWatch = Optional.empty();
    private Optional<Future<?>> patience = Optional.empty();
    private Optional<Destination> destination = Optional.empty();
    private Optional<TunnelListener.Traffic> traffic = Optional.empty();
    private String end = "";
    private long bytesIn;
    private long bytesOut;
    private long connectedNanos;

    Tunnel(Session session, Tunnels room, EventLoop loop, Listener listener) {
        this.session = session;
        this.room = room;
        this.loop = loop;
        this.listener = listener;
        this.beganNanos = room.nanoTime();
        this.output = new VpsOutput(room.held(), this::onWritten);
    }

    String id() {
        return session.id();
    }

    /** Resolves and dials. */
    void start() {
        room.resolver().resolve(session.target(), session.port()).whenComplete((resolution, fault) -> {
            if (loop.inEventLoop()) {
                onResolved(resolution, fault);
            } else {
                loop.execute(() -> onResolved(resolution, fault));
            }
        });
    }

    private void onResolved(Resolution resolution, Throwable fault) {
        if (state != State.RESOLVING) {
            return;
        }
        if (resolution instanceof Resolution.Found found) {
            destination = Optional.of(found.destination());
            dial(found.destination());
        } else if (resolution instanceof Resolution.Refused refused) {
            abort(Notice.REFUSED, refused.why());
        } else {
            abort(Notice.ERROR, "the target could not be resolved: " + fault);
        }
    }

    private void dial(Destination target) {
        Optional<String> objection = room.countDial();
        if (objection.isPresent()) {
            abort(Notice.REFUSED, objection.get());
            return;
        }
        dialCounted = true;
        state = State.DIALING;
        ChannelFuture dialed = room.dialer().dial(loop, target, new VpsSide(this));
        channel = dialed.channel();
        dialed.addListener(result -> onDialed(result.cause()));
    }

    private void onDialed(Throwable cause) {
        uncountDial();
        if (state != State.DIALING) {
            return;
        }
        if (cause != null) {
            abort(Notice.ERROR, room.dialer().describe(cause, destination.orElseThrow()));
            return;
        }
        state = State.OPEN;
        connectedNanos = room.nanoTime();
        Optional<Allocation> holder = destination.flatMap(Destination::holder);
        traffic = Optional.of(room.listener().connected(holder));
        if (!ended) {
            listener.onConnected(this);
        }
        idleWatch = room.settings()
                .idleTimeout()
                .map(limit -> new IdleWatch(
                        loop,
                        room::nanoTime,
                        limit,
                        () -> abort(Notice.ERROR, "idle for " + limit.toSeconds() + " s")));
        output.open(channel);
        if (ended) {
            state = State.FLUSHING;
            setReading(true);
            lingerWhenFlushed();
        }
    }

    private void uncountDial() {
        if (dialCounted) {
            dialCounted = false;
            room.uncountDial();
        }
    }

    /** Bytes from the caller, to be delivered in the order of the calls. */
    void send(ByteBuffer bytes) {
        idleWatch.ifPresent(IdleWatch::traffic);
        output.send(bytes);
    }

    private void onWritten(int size) {
        bytesOut += size;
        traffic.ifPresent(meter -> meter.out(size));
        lingerWhenFlushed();
        if (!ended) {
            listener.onTaken(this, size);
        }
    }

    /** Whether more bytes for the VPS are welcome. */
    boolean hasRoom() {
        return ended || output.hasRoom();
    }

    /** The caller will send no more: the VPS sees the end of input behind all bytes; its own still come back. */
    void finish() {
        output.finish();
    }

    private void lingerWhenFlushed() {
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
        if (state != State.OPEN && output.isEmpty()) {
            close();
            return;
        }
        patience =
                Optional.of(loop.schedule(this::close, room.settings().stall().toMillis(), TimeUnit.MILLISECONDS));
        if (state == State.OPEN) {
            state = State.FLUSHING;
            setReading(true);
            lingerWhenFlushed();
        }
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
        uncountDial();
        patience.ifPresent(timer -> timer.cancel(false));
        if (channel == null) {
            onClosed();
        } else {
            channel.close().addListener(closed -> onClosed());
        }
    }

    private void onClosed() {
        traffic.ifPresent(meter -> meter.ended(Duration.ofNanos(room.nanoTime() - connectedNanos)));
        room.gone(new SessionRecord(
                session.began(),
                session.caller(),
                session.target(),
                destination,
                session.fingerprint(),
                bytesIn,
                bytesOut,
                Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(room.nanoTime() - beganNanos)),
                end));
        tellDelivered();
    }

    /** Whether bytes of the VPS are taken; after an end they are, and dropped, so that its death is noticed. */
    void setReading(boolean reading) {
        if (state == State.OPEN || state == State.FLUSHING) {
            channel.config().setAutoRead(reading || ended);
        }
    }

    @Override
    public void onBytes(byte[] bytes) {
        if (ended) {
            return;
        }
        idleWatch.ifPresent(IdleWatch::traffic);
        bytesIn += bytes.length;
        traffic.ifPresent(meter -> meter.in(bytes.length));
        listener.onBytes(this, bytes);
    }

    @Override
    public void onEndOfInput() {
        inputEnded = true;
        if (state == State.OPEN) {
            endForCaller(Notice.FINISHED, "closed by the VPS");
            release("closed by the VPS");
        } else if (state == State.LINGERING) {
            close();
        }
    }

    @Override
    public void onBroken(Throwable cause) {
        if (state == State.OPEN || state == State.FLUSHING || state == State.LINGERING) {
            boolean reset = String.valueOf(cause.getMessage()).contains("reset");
            abort(
                    Notice.ERROR,
                    reset
                            ? "connection reset by " + destination.orElseThrow()
                            : "connection to " + destination.orElseThrow() + " broke: " + cause.getMessage());
        }
    }
}

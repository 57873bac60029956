package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Allocation;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a VPS. Lives on the event loop of its stream.
 *
 * <pre>
 * RESOLVING ──▶ DIALING ──▶ OPEN ──▶ FLUSHING ──▶ GONE
 *     └────────────┴──────────┴──────────────────▲
 * </pre>
 *
 * <p>While it is OPEN, each direction may have ended already. In FLUSHING the caller has been told, or has said, that it
 * has ended, and the VPS still gets what was accepted for it. A tunnel whose caller has let go of it before it was OPEN
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
        ERROR
    }

    /** What a tunnel tells its stream. */
    interface Listener {
        void onConnected(Tunnel tunnel);

        void onBytes(Tunnel tunnel, byte[] bytes);

        /** The VPS has taken bytes. */
        void onTaken(Tunnel tunnel);

        /** Nothing more comes from it; called once. */
        void onEnded(Tunnel tunnel, Notice notice, String reason);

        /** Nothing is left of it; called once, after {@link #onEnded}. */
        void onGone(Tunnel tunnel);
    }

    private enum State {
        RESOLVING,
        DIALING,
        OPEN,
        FLUSHING,
        GONE
    }

    /**
     * Bytes for the VPS from which on no more are taken. With one message of the usual 32 KiB beyond it, and the 128 KiB
     * that the stream may have on their way to the caller, a tunnel holds 256 KiB at most.
     */
    static final int ENOUGH_BYTES = 96 << 10;

    private final Session session;
    private final Tunnels room;
    private final EventLoop loop;
    private final Listener listener;
    private final long beganNanos;
    private final Queue<ByteBuffer> early = new ArrayDeque<>();
    private State state = State.RESOLVING;
    private boolean ended;
    private boolean finishing;
    private boolean outputBroken;
    private boolean dialCounted;
    private Channel channel;
    private Optional<Destination> destination = Optional.empty();
    private Optional<TunnelListener.Traffic> traffic = Optional.empty();
    private String end = "";
    private int pendingBytes;
    private long bytesIn;
    private long bytesOut;
    private long connectedNanos;
    private long lastTrafficNanos;

    Tunnel(Session session, Tunnels room, EventLoop loop, Listener listener) {
        this.session = session;
        this.room = room;
        this.loop = loop;
        this.listener = listener;
        this.beganNanos = room.nanoTime();
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
            abort(Notice.ERROR, refused.why());
        } else {
            abort(Notice.ERROR, "the target could not be resolved: " + fault);
        }
    }

    private void dial(Destination target) {
        Optional<String> objection = room.countDial();
        if (objection.isPresent()) {
            abort(Notice.ERROR, objection.get());
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
        lastTrafficNanos = connectedNanos;
        Optional<Allocation> holder = destination.flatMap(Destination::holder);
        traffic = Optional.of(room.listener().connected(holder));
        if (!ended) {
            listener.onConnected(this);
        }
        for (ByteBuffer bytes = early.poll(); bytes != null; bytes = early.poll()) {
            write(bytes);
        }
        watchIdleness();
        if (ended) {
            state = State.FLUSHING;
        }
        afterOutput();
    }

    private void uncountDial() {
        if (dialCounted) {
            dialCounted = false;
            room.uncountDial();
        }
    }

    /** Bytes from the caller, to be delivered in the order of the calls. */
    void send(ByteBuffer bytes) {
        int size = bytes.remaining();
        lastTrafficNanos = room.nanoTime();
        if (outputBroken) {
            return;
        }
        pendingBytes += size;
        room.held().add(size);
        if (state == State.OPEN) {
            write(bytes);
        } else {
            early.add(bytes);
        }
    }

    private void write(ByteBuffer bytes) {
        int size = bytes.remaining();
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener(result -> onWritten(size, result.isSuccess()));
    }

    private void onWritten(int size, boolean success) {
        pendingBytes -= size;
        room.held().add(-size);
        if (success) {
            bytesOut += size;
            traffic.ifPresent(meter -> meter.out(size));
        } else {
            // The VPS may have sent more before it stopped reading; the read side will tell how it ended.
            outputBroken = true;
        }
        afterOutput();
        if (!ended) {
            listener.onTaken(this);
        }
    }

    /** Whether more bytes for the VPS are welcome: one message always, so that no tunnel stands still. */
    boolean hasRoom() {
        return ended
                || pendingBytes == 0
                || (pendingBytes < ENOUGH_BYTES && !room.held().isFull());
    }

    /** The caller will send no more: the VPS sees the end of input behind all bytes; its own still come back. */
    void finish() {
        finishing = true;
        afterOutput();
    }

    private void afterOutput() {
        if (pendingBytes > 0) {
            return;
        }
        if (state == State.FLUSHING) {
            close();
        } else if (state == State.OPEN && finishing && !outputBroken) {
            ((SocketChannel) channel).shutdownOutput().addListener(done -> {
                if (!done.isSuccess()) {
                    outputBroken = true;
                }
            });
        }
    }

    /** The caller has closed it: the VPS gets what was accepted, nothing comes back. */
    void release(String reason) {
        endForCaller(Notice.NOTHING, reason);
        if (state == State.OPEN) {
            state = State.FLUSHING;
            setReading(true);
        }
        if (pendingBytes == 0) {
            close();
        } else {
            loop.schedule(this::close, room.settings().stall().toMillis(), TimeUnit.MILLISECONDS)
                    .addListener(ignored -> {});
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
        for (ByteBuffer bytes = early.poll(); bytes != null; bytes = early.poll()) {
            pendingBytes -= bytes.remaining();
            room.held().add(-bytes.remaining());
        }
        uncountDial();
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
        listener.onGone(this);
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
        lastTrafficNanos = room.nanoTime();
        bytesIn += bytes.length;
        traffic.ifPresent(meter -> meter.in(bytes.length));
        listener.onBytes(this, bytes);
    }

    @Override
    public void onEndOfInput() {
        if (state == State.OPEN) {
            endForCaller(Notice.FINISHED, "closed by the VPS");
            release("closed by the VPS");
        }
    }

    @Override
    public void onBroken(Throwable cause) {
        if (state == State.OPEN || state == State.FLUSHING) {
            boolean reset = String.valueOf(cause.getMessage()).contains("reset");
            abort(
                    Notice.ERROR,
                    reset
                            ? "connection reset by " + destination.orElseThrow()
                            : "connection to " + destination.orElseThrow() + " broke: " + cause.getMessage());
        }
    }

    private void watchIdleness() {
        room.settings().idleTimeout().ifPresent(limit -> checkIdlenessIn(limit.toNanos(), limit));
    }

    private void checkIdlenessIn(long nanos, Duration limit) {
        loop.schedule(() -> checkIdleness(limit), nanos, TimeUnit.NANOSECONDS).addListener(ignored -> {});
    }

    private void checkIdleness(Duration limit) {
        long left = limit.toNanos() - (room.nanoTime() - lastTrafficNanos);
        if (state != State.OPEN) {
            return;
        }
        if (left <= 0) {
            abort(Notice.ERROR, "idle for " + limit.toSeconds() + " s");
        } else {
            checkIdlenessIn(left, limit);
        }
    }
}

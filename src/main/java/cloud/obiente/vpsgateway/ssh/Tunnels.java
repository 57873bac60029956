package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Caller;
import io.netty.channel.EventLoop;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * All streams and what they share: the limits, the bytes held, and the end of everything. Any thread; each stream lives on
 * an event loop of its own.
 */
public final class Tunnels {
    /** Why a connection is refused while all together may not hold more. */
    public static final String NO_BUFFER_LEFT =
            "too many bytes are on their way through this gateway (GATEWAY_SSH_MAX_BUFFER)";

    private static final String SHUTTING_DOWN = "gateway is shutting down";

    private final SshSettings settings;
    private final TargetResolver resolver;
    private final VpsDialer dialer;
    private final PublicKeyParser keys;
    private final TunnelListener listener;
    private final SessionRecords records;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final BufferedBytes bufferedBytes;
    private final StalledStreams stalledStreams;
    private final Set<TunnelStream> streams = ConcurrentHashMap.newKeySet();
    private final LiveTunnels live = new LiveTunnels();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger dials = new AtomicInteger();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    public Tunnels(
            SshSettings settings,
            TargetResolver resolver,
            VpsDialer dialer,
            PublicKeyParser keys,
            TunnelListener listener,
            SessionRecords records,
            Clock clock) {
        this(settings, resolver, dialer, keys, listener, records, clock, System::nanoTime);
    }

    /** @param nanoTime for durations; the clock may be set */
    Tunnels(
            SshSettings settings,
            TargetResolver resolver,
            VpsDialer dialer,
            PublicKeyParser keys,
            TunnelListener listener,
            SessionRecords records,
            Clock clock,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.resolver = resolver;
        this.dialer = dialer;
        this.keys = keys;
        this.listener = listener;
        this.records = records;
        this.clock = clock;
        this.bufferedBytes = new BufferedBytes(settings.limits().bufferBytes());
        this.stalledStreams = new StalledStreams(settings.limits().bufferBytes());
    }

    /** For health and metrics. */
    public enum Status {
        RUNNING,
        /** Draining or drained. */
        STOPPED,
        /** Tunnels work, but what they do is not recorded. */
        ERROR
    }

    public Status status() {
        if (draining) {
            return Status.STOPPED;
        }
        return records.fault().isPresent() ? Status.ERROR : Status.RUNNING;
    }

    /**
     * A new stream without tunnels.
     *
     * @param loop the stream's, on which alone it is used
     */
    public TunnelStream open(Caller who, CallerStream caller, EventLoop loop) {
        TunnelStream stream = new TunnelStream(this, who, caller, loop);
        streams.add(stream);
        if (drained.isDone()) {
            stream.shutDown(SHUTTING_DOWN);
        }
        return stream;
    }

    /** Connections that are open, being made, or being flushed. */
    public int connections() {
        return connections.get();
    }

    /** Streams that are open, with tunnels or without. */
    public int streams() {
        return streams.size();
    }

    /** The bytes that all tunnels hold. */
    public BufferedBytes bufferedBytes() {
        return bufferedBytes;
    }

    /**
     * New connections are refused from now on. Completes when the live ones have ended, by themselves or, when the time of
     * the settings is over, by us; then streams end, too.
     *
     * @param timer for one short task
     */
    public CompletionStage<Void> drain(ScheduledExecutorService timer) {
        draining = true;
        ScheduledFuture<?> limit =
                timer.schedule(this::shutDown, settings.drain().toMillis(), TimeUnit.MILLISECONDS);
        shutDownWhenIdle();
        return drained.whenComplete((nothing, fault) -> limit.cancel(false));
    }

    /** Ends what is left at once. */
    public void shutDown() {
        draining = true;
        drained.complete(null);
        streams.forEach(stream -> stream.shutDown(SHUTTING_DOWN));
    }

    private void shutDownWhenIdle() {
        if (draining && connections.get() == 0) {
            shutDown();
        }
    }

    /** Takes a place among the connections; says why there is none. */
    Optional<String> countConnection() {
        if (draining) {
            return Optional.of(SHUTTING_DOWN);
        }
        if (bufferedBytes.isFull()) {
            return Optional.of(NO_BUFFER_LEFT);
        }
        int most = settings.limits().connections();
        return take(connections, most)
                ? Optional.empty()
                : Optional.of("too many connections: this gateway has " + most + " already"
                        + " (GATEWAY_SSH_MAX_CONNECTIONS)");
    }

    /** Takes a place among the dials; says why there is none. */
    Optional<String> countDial() {
        int most = settings.limits().dials();
        return take(dials, most)
                ? Optional.empty()
                : Optional.of("too many connections are being made: " + most + " (GATEWAY_SSH_MAX_DIALS)");
    }

    private static boolean take(AtomicInteger places, int most) {
        if (places.incrementAndGet() <= most) {
            return true;
        }
        places.decrementAndGet();
        return false;
    }

    void uncountDial() {
        dials.decrementAndGet();
    }

    /** The tunnels that there are now; for operators. */
    public LiveTunnels live() {
        return live;
    }

    long begun(Tunnel tunnel) {
        return live.add(tunnel);
    }

    void gone(long number, SessionRecord session) {
        live.remove(number);
        connections.decrementAndGet();
        records.add(session);
        shutDownWhenIdle();
    }

    void ended(TunnelStream stream) {
        streams.remove(stream);
    }

    StalledStreams stalledStreams() {
        return stalledStreams;
    }

    SshSettings settings() {
        return settings;
    }

    TargetResolver resolver() {
        return resolver;
    }

    VpsDialer dialer() {
        return dialer;
    }

    PublicKeyParser keys() {
        return keys;
    }

    TunnelListener listener() {
        return listener;
    }

    Clock clock() {
        return clock;
    }

    /** For durations; the clock may be set. */
    long nanoTime() {
        return nanoTime.getAsLong();
    }
}

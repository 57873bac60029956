package cloud.obiente.vpsgateway.ssh;

import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The stall of a stream: it waits for a tunnel whose VPS does not read, for a limited time. Lives on the event loop of its
 * stream.
 */
final class StreamStall {
    private static final String TOO_MANY =
            "too slow: too many connections wait for VPSs that do not read (GATEWAY_SSH_MAX_BUFFER)";

    private final Tunnels tunnels;
    private final EventLoop loop;
    private final int windowBytes;
    private final BooleanSupplier harmsOthers;
    private Optional<Tunnel> slow = Optional.empty();
    private long since;
    private boolean watching;

    /**
     * @param windowBytes what may come, and wait in the server in front of the stream, although nothing is asked for
     * @param harmsOthers whether the stream carries other tunnels, which wait as well
     */
    StreamStall(Tunnels tunnels, EventLoop loop, int windowBytes, BooleanSupplier harmsOthers) {
        this.tunnels = tunnels;
        this.loop = loop;
        this.windowBytes = windowBytes;
        this.harmsOthers = harmsOthers;
    }

    boolean isPresent() {
        return slow.isPresent();
    }

    boolean isBy(Tunnel tunnel) {
        return slow.filter(tunnel::equals).isPresent();
    }

    /** The tunnel cannot take more. No effect while the stream waits already. */
    void begin(Tunnel tunnel) {
        if (slow.isPresent()) {
            return;
        }
        slow = Optional.of(tunnel);
        since = tunnels.nanoTime();
        watch(tunnels.settings().stall().toNanos());
        if (tunnels.stalledStreams().enter(this, since)) {
            schedule(
                    () -> tunnels.stalledStreams().giveUpTooMany(tunnels.nanoTime()), StalledStreams.TIMEOUT.toNanos());
        }
    }

    /** The tunnel can take more again, or has ended. */
    void end() {
        slow = Optional.empty();
        tunnels.stalledStreams().leave(this);
    }

    private void watch(long nanos) {
        if (!watching) {
            watching = true;
            schedule(this::endIfTooSlow, nanos);
        }
    }

    /** Alone on its stream, a slow tunnel harms nobody; and no other can join it before it has caught up. */
    private void endIfTooSlow() {
        watching = false;
        if (slow.isPresent() && harmsOthers.getAsBoolean()) {
            long left = tunnels.settings().stall().toNanos() - (tunnels.nanoTime() - since);
            if (left <= 0) {
                slow.get().abort(Tunnel.Notice.ERROR, "too slow");
            } else {
                watch(left);
            }
        }
    }

    private void schedule(Runnable check, long nanos) {
        loop.schedule(check, nanos, TimeUnit.NANOSECONDS).addListener(ignored -> {});
    }

    /** Never changes. Any thread. */
    int windowBytes() {
        return windowBytes;
    }

    /**
     * Too many streams wait, this one for long. Any thread.
     *
     * @param began when it began to; no effect if it has gone on meanwhile
     */
    void giveUp(long began) {
        loop.execute(() ->
                slow.filter(tunnel -> since == began).ifPresent(tunnel -> tunnel.abort(Tunnel.Notice.ERROR, TOO_MANY)));
    }
}

package cloud.obiente.vpsgateway.ssh;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Tells when a tunnel has been silent for too long. Lives on the event loop of its tunnel. */
final class IdleWatch {
    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final Duration limit;
    private final Runnable onIdle;
    private long lastTraffic;
    private Future<?> check;

    IdleWatch(EventLoop loop, LongSupplier nanoTime, Duration limit, Runnable onIdle) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.limit = limit;
        this.onIdle = onIdle;
        this.lastTraffic = nanoTime.getAsLong();
        this.check = checkIn(limit.toNanos());
    }

    void traffic() {
        lastTraffic = nanoTime.getAsLong();
    }

    /** The loop must not keep what has ended for as long as it might have been idle. */
    void stop() {
        check.cancel(false);
    }

    private Future<?> checkIn(long nanos) {
        return loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        long left = limit.toNanos() - (nanoTime.getAsLong() - lastTraffic);
        if (left <= 0) {
            onIdle.run();
        } else {
            check = checkIn(left);
        }
    }
}

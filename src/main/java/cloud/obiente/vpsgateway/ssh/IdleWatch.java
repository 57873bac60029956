package cloud.obiente.vpsgateway.ssh;

import io.netty.channel.EventLoop;
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
    private boolean stopped;

    IdleWatch(EventLoop loop, LongSupplier nanoTime, Duration limit, Runnable onIdle) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.limit = limit;
        this.onIdle = onIdle;
        this.lastTraffic = nanoTime.getAsLong();
        checkIn(limit.toNanos());
    }

    void traffic() {
        lastTraffic = nanoTime.getAsLong();
    }

    void stop() {
        stopped = true;
    }

    private void checkIn(long nanos) {
        loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS).addListener(ignored -> {});
    }

    private void check() {
        long left = limit.toNanos() - (nanoTime.getAsLong() - lastTraffic);
        if (stopped) {
            return;
        }
        if (left <= 0) {
            onIdle.run();
        } else {
            checkIn(left);
        }
    }
}

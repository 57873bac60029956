package cloud.obiente.vpsgateway.ssh;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What one tunnel has done so far, told to the meters at once and to the records at its end. On the tunnel's event loop. */
final class SessionTally {
    private final TunnelRequest session;
    private final TunnelListener listener;
    private final LongSupplier nanoTime;
    private final long beganNanos;
    private Optional<TunnelDestination> destination = Optional.empty();
    private Optional<TunnelListener.Traffic> traffic = Optional.empty();
    private long connectedNanos;
    private long bytesIn;
    private long bytesOut;

    SessionTally(TunnelRequest session, TunnelListener listener, LongSupplier nanoTime) {
        this.session = session;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.beganNanos = nanoTime.getAsLong();
    }

    void leadsTo(TunnelDestination found) {
        destination = Optional.of(found);
    }

    void connected() {
        connectedNanos = nanoTime.getAsLong();
        traffic = Optional.of(listener.connected(destination.flatMap(TunnelDestination::holder)));
    }

    /** Bytes that came from the VPS. */
    void in(int bytes) {
        bytesIn += bytes;
        traffic.ifPresent(meter -> meter.in(bytes));
    }

    /** Bytes that the VPS has taken. */
    void out(int bytes) {
        bytesOut += bytes;
        traffic.ifPresent(meter -> meter.out(bytes));
    }

    /** The tunnel is gone; call once. */
    SessionRecord close(String end) {
        long now = nanoTime.getAsLong();
        traffic.ifPresent(meter -> meter.ended(Duration.ofNanos(now - connectedNanos)));
        return record(now, end);
    }

    /** The record as it would be if it ended now. */
    SessionRecord soFar() {
        return record(nanoTime.getAsLong(), "");
    }

    private SessionRecord record(long now, String end) {
        return new SessionRecord(
                session.began(),
                session.caller(),
                session.target(),
                destination,
                session.fingerprint(),
                bytesIn,
                bytesOut,
                Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(now - beganNanos)),
                end);
    }
}

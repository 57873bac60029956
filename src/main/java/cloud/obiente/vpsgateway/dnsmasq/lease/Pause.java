package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The passing of time, for a reader that has nothing to wait for but a quiet file. */
@FunctionalInterface
public interface Pause {
    /** Lets real time pass. */
    Pause REAL = length -> TimeUnit.NANOSECONDS.sleep(length.toNanos());

    /** @throws InterruptedException when the calling thread is told to stop */
    void of(Duration length) throws InterruptedException;
}

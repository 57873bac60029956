package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The passing of time, measured and awaited, for a reader that has nothing to wait for but a quiet file. */
public interface WaitClock {
    WaitClock REAL = new WaitClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void pass(Duration length) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(length.toNanos());
        }
    };

    /** A number that grows by one each nanosecond, whatever happens to the wall clock. */
    long nanos();

    /**
     * Lets that time pass.
     *
     * @throws InterruptedException when the calling thread is told to stop
     */
    void pass(Duration length) throws InterruptedException;
}

package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Time that passes only when somebody lets it pass, and a wall clock that goes with it. One thread. */
final class ManualTime extends Clock implements WaitClock {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private Duration passed = Duration.ZERO;
    private Runnable meanwhile = () -> {};

    /** From now on happens each time that time has passed. */
    void meanwhile(Runnable event) {
        meanwhile = event;
    }

    Duration passed() {
        return passed;
    }

    @Override
    public long nanos() {
        return passed.toNanos();
    }

    @Override
    public void pass(Duration length) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        passed = passed.plus(length);
        meanwhile.run();
    }

    @Override
    public Instant instant() {
        return START.plus(passed);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}

package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdleCheck;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Proves by a DNS answer that dnsmasq is not rewriting its lease file: it has one thread, which writes the file in one go
 * and answers no question (over UDP) meanwhile. Thread-safe; blocks, so not for an event loop or the supervisor thread.
 */
public final class DnsIdleProbe implements WriterIdleCheck {
    private static final Duration TIMEOUT = Duration.ofMillis(200);

    private final Supplier<DnsmasqStatus> status;
    private final DnsmasqLiveness liveness;
    private final int dnsPort;

    public DnsIdleProbe(Supplier<DnsmasqStatus> status, DnsmasqLiveness liveness, int dnsPort) {
        this.status = status;
        this.liveness = liveness;
        this.dnsPort = dnsPort;
    }

    @Override
    public Verdict check() throws InterruptedException {
        return switch (status.get().phase()) {
            case WAITING -> Verdict.NOT_RUNNING;
            // Before the first start, the child of an earlier gateway may still be at work.
            case STOPPED -> Verdict.UNKNOWN;
            case STARTING, RUNNING -> answers() ? Verdict.IDLE : Verdict.UNKNOWN;
        };
    }

    private boolean answers() throws InterruptedException {
        // Only an address that is there: in place of a missing one, somebody else on the network could answer.
        List<Ipv4Address> present = liveness.interfaceWatch().candidates();
        try {
            return !present.isEmpty()
                    && liveness.probe()
                            .answers(present.get(0), dnsPort, TIMEOUT)
                            .toCompletableFuture()
                            .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silence) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

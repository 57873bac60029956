package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdle;
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
public final class AnswerProof implements WriterIdle {
    private static final Duration TIMEOUT = Duration.ofMillis(200);

    private final Supplier<DnsmasqStatus> status;
    private final Liveness liveness;
    private final int dnsPort;

    public AnswerProof(Supplier<DnsmasqStatus> status, Liveness liveness, int dnsPort) {
        this.status = status;
        this.liveness = liveness;
        this.dnsPort = dnsPort;
    }

    @Override
    public Proof prove() throws InterruptedException {
        return switch (status.get().phase()) {
            case WAITING -> Proof.NOT_RUNNING;
            // Before the first start, the child of an earlier gateway may still be at work.
            case STOPPED -> Proof.UNPROVEN;
            case STARTING, RUNNING -> answers() ? Proof.IDLE : Proof.UNPROVEN;
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

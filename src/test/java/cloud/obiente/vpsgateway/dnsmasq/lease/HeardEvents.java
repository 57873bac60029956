package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a listener was told. */
record HeardEvents(List<Lease> ended, List<ReleaseResult.Unconfirmed> unverified, List<SkippedLine> skipped)
        implements LeaseListener {
    HeardEvents() {
        this(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    }

    @Override
    public void leaseEnded(Lease lease) {
        ended.add(lease);
    }

    @Override
    public void releaseUnconfirmed(ReleaseResult.Unconfirmed result) {
        unverified.add(result);
    }

    @Override
    public void lineSkipped(SkippedLine line) {
        skipped.add(line);
    }
}

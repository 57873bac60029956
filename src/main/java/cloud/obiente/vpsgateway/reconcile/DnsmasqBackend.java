package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseReleaser;
import cloud.obiente.vpsgateway.dnsmasq.lease.ReleaseResult;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** By our dnsmasq. */
public record DnsmasqBackend(Dnsmasq dnsmasq, LeaseReleaser leaseReleaser, Reconciler reconciler)
        implements DnsDhcpBackend {
    @Override
    public CompletionStage<Void> publish() {
        return dnsmasq.publish();
    }

    @Override
    public CompletionStage<ReleaseResult> releaseLeases(Set<Ipv4Address> addresses) {
        return leaseReleaser.release(addresses);
    }

    @Override
    public void reconcileSoon() {
        reconciler.runSoon();
    }
}

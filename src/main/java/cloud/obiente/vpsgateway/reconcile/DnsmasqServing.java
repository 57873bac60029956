package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.lease.Ending;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEnder;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** By our dnsmasq. */
public record DnsmasqServing(Dnsmasq dnsmasq, LeaseEnder leaseEnder, Reconciler reconciler) implements Serving {
    @Override
    public CompletionStage<Void> publish() {
        return dnsmasq.publish();
    }

    @Override
    public CompletionStage<Ending> endLeases(Set<Ipv4Address> addresses) {
        return leaseEnder.end(addresses);
    }

    @Override
    public void reconcileSoon() {
        reconciler.runSoon();
    }
}

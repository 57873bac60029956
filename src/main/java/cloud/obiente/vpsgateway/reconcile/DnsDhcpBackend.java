package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.lease.ReleaseResult;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** DHCP and DNS, as far as a change needs them. Any thread; nothing here waits. */
public interface DnsDhcpBackend {
    /** Completes when all that is decided by now is served. */
    CompletionStage<Void> publish();

    /** Ends those leases of these addresses that contradict what is decided. */
    CompletionStage<ReleaseResult> releaseLeases(Set<Ipv4Address> addresses);

    /** Compares what is served with what was decided, within a second. */
    void reconcileSoon();
}

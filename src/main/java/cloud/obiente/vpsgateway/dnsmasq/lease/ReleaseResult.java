package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.util.List;

/** How the ending of leases came out. */
public sealed interface ReleaseResult {
    /** The lease file, read whole after the request, shows no live lease there that contradicts the entitlement. */
    record Confirmed() implements ReleaseResult {}

    /**
     * That could not be seen in time.
     *
     * @param stillThere the contradicting leases last seen; empty when the lease file was never seen whole
     * @param why one line, fit for a log
     */
    record Unconfirmed(List<Lease> stillThere, String why) implements ReleaseResult {
        public Unconfirmed {
            stillThere = List.copyOf(stillThere);
        }
    }
}

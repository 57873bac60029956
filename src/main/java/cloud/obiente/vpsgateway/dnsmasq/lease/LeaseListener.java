package cloud.obiente.vpsgateway.dnsmasq.lease;

/**
 * Hears what becomes of leases; for metrics and the event log. Called on the threads {@code lease-watcher} and {@code
 * lease-ender}: must be quick and must not throw.
 */
public interface LeaseListener {
    /** A lease that we released is gone from the lease file. */
    void leaseEnded(Lease lease);

    /** An ending ran out of time. */
    void releaseUnconfirmed(ReleaseResult.Unconfirmed result);

    /** A line was skipped that was not there, for the same reason, at the read before. */
    void lineSkipped(SkippedLine line);
}

package cloud.obiente.vpsgateway.dnsmasq.lease;

/** Finds out whether dnsmasq may be in the middle of rewriting its lease file. Safe on any thread that may block. */
@FunctionalInterface
public interface WriterIdleCheck {
    /** What is known about one moment during the question. */
    enum Verdict {
        /** dnsmasq was between two pieces of work: every rewrite that it had begun before was finished. */
        IDLE,
        /** There was no dnsmasq: what the last one has left is all there is, and all that the next one will read. */
        NOT_RUNNING,
        /** Nothing: there was no way to ask, or no answer in time. */
        UNKNOWN
    }

    /**
     * Asks now; blocks for a fraction of a second at most.
     *
     * @throws InterruptedException when the calling thread is told to stop
     */
    Verdict check() throws InterruptedException;
}

package cloud.obiente.vpsgateway.dnsmasq;

import java.util.List;
import java.util.Optional;

/**
 * How the child is.
 *
 * @param phase where it is in its life
 * @param fault what keeps it from serving, if anything
 * @param remarks what does not keep it from serving, but an operator has to know
 */
public record DnsmasqStatus(Phase phase, Optional<DnsmasqFault> fault, List<String> remarks) {
    public DnsmasqStatus {
        remarks = List.copyOf(remarks);
    }

    public DnsmasqStatus(Phase phase, Optional<DnsmasqFault> fault) {
        this(phase, fault, List.of());
    }

    /** The life of the child. Stopped → Starting → Running → (died) → Waiting → Starting …; any → Stopped. */
    public enum Phase {
        /** Not started yet, or ended on request. */
        STOPPED,
        /** Runs, but has not read its files yet. */
        STARTING,
        /** Has read its files and serves, provided that the interface is there. */
        RUNNING,
        /** Ended; the next start is due. */
        WAITING;

        boolean canBecome(Phase next) {
            return switch (next) {
                case STARTING -> this == STOPPED || this == WAITING;
                case RUNNING -> this == STARTING;
                case WAITING -> this != STOPPED;
                case STOPPED -> true;
            };
        }
    }

    static final DnsmasqStatus INITIAL = new DnsmasqStatus(Phase.STOPPED, Optional.empty());

    /** Whether clients are answered now. */
    public boolean serving() {
        return phase == Phase.RUNNING && fault.isEmpty();
    }
}

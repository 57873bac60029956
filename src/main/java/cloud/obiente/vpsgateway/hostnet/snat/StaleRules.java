package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** Rules of earlier gateways where this one does not want them. Blocks; stateless. */
record StaleRules(HostTools tools, Path legacyTables) {
    private static final Logger LOG = Logger.getLogger(StaleRules.class);

    /** Of the backend that this host used before it changed: two rules would be one too many. */
    void removeFrom(Iptables.Backend backend) {
        // To ask the legacy program would bring its tables into the kernel.
        if (backend == Iptables.Backend.LEGACY && !hasLegacyNat()) {
            return;
        }
        remove(Iptables.of(backend, tools));
    }

    /** Of both: the operator wants no SNAT any more, and may not even have iptables. */
    void removeAll() {
        removeFrom(Iptables.Backend.NFT);
        removeFrom(Iptables.Backend.LEGACY);
    }

    private void remove(Iptables iptables) {
        try {
            NatTable found = iptables.list();
            if (!found.isEmpty()) {
                iptables.restore(found.towardsNothing());
                LOG.infof("removed SNAT of an earlier start from iptables%s: %s", iptables.suffix(), found.rules());
            }
        } catch (SnatFailedException e) {
            LOG.debugf(
                    "iptables%s cannot be asked for SNAT of an earlier start: %s", iptables.suffix(), e.getMessage());
        }
    }

    private boolean hasLegacyNat() {
        try {
            return Files.readString(legacyTables, StandardCharsets.US_ASCII)
                    .lines()
                    .anyMatch("nat"::equals);
        } catch (IOException noneOrNotForUs) {
            return false;
        }
    }
}

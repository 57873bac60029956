package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Leases that seemed wrong at the last check. A single check may fall between a decision and its effect, when a change is
 * about to end the lease itself; what is still there at the next check is wrong. One thread.
 */
final class SuspectLeases {
    /** A lease whatever its expiry: its client may renew it meanwhile. */
    private record Suspect(MacAddress mac, Ipv4Address address) {
        static Suspect of(Lease lease) {
            return new Suspect(lease.mac(), lease.address());
        }
    }

    private Set<Suspect> last = Set.of();

    /** Takes what seems wrong now; returns those of them that seemed wrong at the last check, too. */
    List<Lease> confirmedTwice(List<Lease> wrong) {
        Set<Suspect> before = last;
        last = wrong.stream().map(Suspect::of).collect(Collectors.toUnmodifiableSet());
        return wrong.stream()
                .filter(lease -> before.contains(Suspect.of(lease)))
                .toList();
    }
}

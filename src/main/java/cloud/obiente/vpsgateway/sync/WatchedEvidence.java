package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import java.time.Duration;

/**
 * Evidence that nobody is gone who has not had the time to show itself: while the gateway is away leases run out, and clients
 * that ask for them anew are not heard.
 *
 * @param span for how long the gateway must have watched before not to be seen means anything
 */
public record WatchedEvidence(UsageEvidence signs, WatchTime watch, Duration span) implements UsageEvidence {
    private static final Duration A_DAY = Duration.ofDays(1);

    /** By leases and ARP: whoever has not asked for a lease within the grace does not answer either. */
    public static UsageEvidence withArp(LeaseEvidence leases, ArpEvidence arp, WatchTime watch, SyncRules rules) {
        return new WatchedEvidence(leases.or(arp), watch, rules.grace());
    }

    /** Where nobody may be asked by ARP: until everybody has had to renew its lease, or for a day. */
    public static UsageEvidence withoutArp(
            LeaseEvidence leases, SightingEvidence sightings, WatchTime watch, SyncRules rules, Duration maxLeaseTime) {
        Duration renewed = maxLeaseTime.compareTo(A_DAY) < 0 ? maxLeaseTime : A_DAY;
        return new WatchedEvidence(
                leases.or(sightings), watch, renewed.compareTo(rules.grace()) > 0 ? renewed : rules.grace());
    }

    @Override
    public Usage of(Allocation held) {
        Usage seen = signs.of(held);
        return seen == Usage.UNUSED && !watch.hasLasted(span) ? Usage.UNKNOWN : seen;
    }
}

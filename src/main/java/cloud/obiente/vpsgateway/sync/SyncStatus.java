package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.SourceState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How the lists stand, for operators.
 *
 * @param implausible sources whose lists are not believed
 * @param unlisted allocations that every source has left out for the grace and that are kept, because they are in use or
 *     because the lists are not believed
 * @param unclaimed leases that wait for the API to say whose they are
 */
public record SyncStatus(List<Implausible> implausible, int unlisted, int unclaimed) {

    /** @param accepted whether an operator has said that its lists are right */
    public record Implausible(ListSource source, Instant since, boolean accepted) {}

    public SyncStatus {
        implausible = List.copyOf(implausible);
    }

    /** O(allocations). Any thread. */
    public static SyncStatus of(IpamSnapshot state, SyncRules rules, Instant now) {
        Map<ListSource, SourceState> sources = state.sources();
        AllocationStanding standing = new AllocationStanding(state, Map.of(), sources, rules, now);
        List<Implausible> implausible = sources.entrySet().stream()
                .filter(entry -> entry.getValue().implausibleSince().isPresent())
                .map(entry -> new Implausible(
                        entry.getKey(),
                        entry.getValue().implausibleSince().orElse(now),
                        entry.getValue().acceptedAt().isPresent()))
                .toList();
        long unlisted = state.all().stream().filter(standing::isDoubtful).count();
        return new SyncStatus(implausible, (int) unlisted, state.unclaimed().size());
    }
}

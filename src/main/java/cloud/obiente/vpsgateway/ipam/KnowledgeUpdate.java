package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a command has found out, beside what it changes; as durable as that.
 *
 * @param facts of allocations as they are after the command's changes; those that are not mentioned stay
 * @param sources the state of sources; those that are not mentioned stay
 * @param forgotten sources that are remembered no longer
 * @param unclaimed leases that wait for the API's word; those that are not mentioned stay
 * @param settled addresses of unclaimed leases that do not wait any more
 */
public record KnowledgeUpdate(
        Map<Ipv4Address, AllocationFacts> facts,
        Map<ListSource, SourceState> sources,
        Set<ListSource> forgotten,
        List<UnclaimedLease> unclaimed,
        Set<Ipv4Address> settled) {
    /** Nothing new. */
    public static final KnowledgeUpdate NOTHING =
            new KnowledgeUpdate(Map.of(), Map.of(), Set.of(), List.of(), Set.of());

    public KnowledgeUpdate {
        facts = Map.copyOf(facts);
        sources = Map.copyOf(sources);
        forgotten = Set.copyOf(forgotten);
        unclaimed = List.copyOf(unclaimed);
        settled = Set.copyOf(settled);
    }

    public static KnowledgeUpdate of(Map<Ipv4Address, AllocationFacts> facts) {
        return new KnowledgeUpdate(facts, Map.of(), Set.of(), List.of(), Set.of());
    }

    public boolean isNothing() {
        return facts.isEmpty() && sources.isEmpty() && forgotten.isEmpty() && unclaimed.isEmpty() && settled.isEmpty();
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one commit makes durable: the new truth about some addresses, MACs and sources, and the events that led to it.
 *
 * <p>An address touched is held, or released and free, or leased without a claim, or nothing of these when it was never
 * used. Stating the end instead of the steps is what lets two VPSs swap addresses under unique indexes.
 *
 * @param touched every address that the commit is about; what is stored about them goes first
 * @param held what is allocated on them afterwards
 * @param released which of them wait for reuse afterwards
 * @param unclaimed which of them are leased without a claim afterwards
 * @param macs every MAC that the commit is about; what is stored about them goes first
 * @param superseded which of them have been replaced by another
 * @param sources sources of lists, as they are afterwards
 * @param forgotten sources of which nothing is kept
 * @param events one for each change, in order
 */
public record StoreBatch(
        Set<Ipv4Address> touched,
        List<Held> held,
        List<ReleasedAddress> released,
        List<UnclaimedLease> unclaimed,
        Set<MacAddress> macs,
        List<SupersededMac> superseded,
        Map<ListSource, SourceState> sources,
        Set<ListSource> forgotten,
        List<AuditEvent> events) {

    /** An allocation and what is known of it. */
    public record Held(Allocation allocation, AllocationFacts facts) {}

    public StoreBatch {
        touched = Set.copyOf(touched);
        held = List.copyOf(held);
        released = List.copyOf(released);
        unclaimed = List.copyOf(unclaimed);
        macs = Set.copyOf(macs);
        superseded = List.copyOf(superseded);
        sources = Map.copyOf(sources);
        forgotten = Set.copyOf(forgotten);
        events = List.copyOf(events);
    }
}

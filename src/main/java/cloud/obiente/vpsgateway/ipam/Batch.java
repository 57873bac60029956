package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Set;

/**
 * What one commit makes durable: the new truth about some addresses, and the events that led to it.
 *
 * <p>An address touched is held, or released and free, or neither when it was never used. Stating the end instead of the
 * steps is what lets two VPSs swap addresses under unique indexes.
 *
 * @param touched every address that the commit is about; what is stored about them goes first
 * @param held what is allocated on them afterwards
 * @param released which of them wait for reuse afterwards
 * @param events one for each change, in order
 */
public record Batch(
        Set<Ipv4Address> touched, List<Allocation> held, List<ReleasedAddress> released, List<AuditEvent> events) {
    public Batch {
        touched = Set.copyOf(touched);
        held = List.copyOf(held);
        released = List.copyOf(released);
        events = List.copyOf(events);
    }
}

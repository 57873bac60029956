package cloud.obiente.vpsgateway.ipam;

import java.util.List;

/** Everything a store knows, in any order. */
public record StoredState(List<Allocation> allocations, List<ReleasedAddress> released) {
    public StoredState {
        allocations = List.copyOf(allocations);
        released = List.copyOf(released);
    }
}

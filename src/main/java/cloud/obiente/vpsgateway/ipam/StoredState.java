package cloud.obiente.vpsgateway.ipam;

import java.util.List;

/**
 * Everything a store knows, in any order.
 *
 * @param origins of private allocations of late, as far as the history can be read
 */
public record StoredState(List<Allocation> allocations, List<ReleasedAddress> released, List<Origin> origins) {
    public StoredState {
        allocations = List.copyOf(allocations);
        released = List.copyOf(released);
        origins = List.copyOf(origins);
    }

    public StoredState(List<Allocation> allocations, List<ReleasedAddress> released) {
        this(allocations, released, List.of());
    }
}

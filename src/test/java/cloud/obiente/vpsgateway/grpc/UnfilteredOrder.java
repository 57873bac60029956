package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.ipam.Allocation;
import java.util.Comparator;
import java.util.Optional;

/** The order of an unfiltered ListIPs, for tests that do without the protocol. */
public final class UnfilteredOrder {
    private UnfilteredOrder() {}

    public static Comparator<Allocation> get() {
        return ListOrder.of(Optional.empty());
    }
}

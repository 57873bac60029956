package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.Comparator;
import java.util.Optional;

/**
 * The order of ListIPs: what callers take where they take one entry of many. The API's table has one row for a MAC, and the
 * last entry of a whole list stays in it: so the private ones are last. Callers that ask for one VPS take the first: so the
 * private one is first.
 */
final class ListOrder {
    private ListOrder() {}

    /** @param vps the only one that is asked for, if so; addresses of one kind stay in their order */
    static Comparator<Allocation> of(Optional<VpsId> vps) {
        Comparator<Allocation> privatesLast = Comparator.comparing(Allocation::isPrivate);
        return vps.isPresent() ? privatesLast.reversed() : privatesLast;
    }
}

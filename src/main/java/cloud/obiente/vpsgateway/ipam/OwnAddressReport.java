package cloud.obiente.vpsgateway.ipam;

import java.util.List;

/**
 * What became of the holders of addresses that are this host's own now.
 *
 * @param moved those that have another address
 * @param stranded those for whom no address was free; they keep theirs, which cannot work
 */
public record OwnAddressReport(List<AllocationChange> moved, List<Allocation> stranded) {
    public OwnAddressReport {
        moved = List.copyOf(moved);
        stranded = List.copyOf(stranded);
    }
}

package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The changes that bring a VPS's private allocation from one state to the next. Where that takes its MAC's place, the VPS's
 * public addresses that are pinned to the old MAC follow: pinned to a NIC that is not there, they would be nobody's.
 */
public final class RebindChanges {
    private RebindChanges() {}

    /** None where nothing differs. */
    public static List<AllocationChange> changes(IpamSnapshot state, Optional<Allocation> held, Allocation after) {
        List<AllocationChange> changes = new ArrayList<>(AllocationChange.between(held, after));
        Optional<MacAddress> replaced =
                held.flatMap(Allocation::mac).filter(mac -> !after.mac().equals(Optional.of(mac)));
        if (replaced.isPresent() && after.mac().isPresent()) {
            state.allPublic().stream()
                    .filter(allocation -> allocation.isPublicOf(after.vps()))
                    .filter(allocation -> allocation.mac().equals(replaced))
                    .forEach(pinned -> changes.addAll(AllocationChange.between(
                            Optional.of(pinned), pinned.updated(OrganizationId.UNKNOWN, after.mac()))));
        }
        return changes;
    }
}

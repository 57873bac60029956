package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import java.util.ArrayList;
import java.util.List;

/**
 * What a sync did.
 *
 * @param added VPSs that had no private address before, and public addresses that the VPS did not have
 * @param removed VPSs that lost their private address because they were not listed, and public addresses likewise
 * @param changed allocations of which the address, MAC or organization differed
 * @param unchanged allocations that were as listed
 * @param rejected entries that could not be honoured, in the order of the list: private ones, those of them about which a
 *     newer call knew better, then public ones likewise
 * @param discovered allocations that the list leaves out, that stay, and that the API is to learn of
 */
public record SyncReport(
        int added, int removed, int changed, int unchanged, List<Rejected> rejected, List<Allocation> discovered) {
    public SyncReport {
        rejected = List.copyOf(rejected);
        discovered = List.copyOf(discovered);
    }

    /** Nothing that the list leaves out is news to the API. */
    SyncReport(int added, int removed, int changed, int unchanged, List<Rejected> rejected) {
        this(added, removed, changed, unchanged, rejected, List.of());
    }

    SyncReport withDiscovered(List<Allocation> found) {
        return new SyncReport(added, removed, changed, unchanged, rejected, found);
    }

    SyncReport and(SyncReport other) {
        List<Rejected> all = new ArrayList<>(rejected);
        all.addAll(other.rejected);
        return new SyncReport(
                added + other.added,
                removed + other.removed,
                changed + other.changed,
                unchanged + other.unchanged,
                all,
                discovered.isEmpty() ? other.discovered : discovered);
    }

    /**
     * The same after some of its changes had to be undone.
     *
     * @param undone changes that gave a VPS something
     */
    public SyncReport without(List<AllocationChange> undone, String why) {
        int additions = (int)
                undone.stream().filter(change -> change.before().isEmpty()).count();
        List<Rejected> failed =
                undone.stream().map(change -> rejected(change.subject(), why)).toList();
        return new SyncReport(
                        added - additions,
                        removed,
                        changed - (undone.size() - additions),
                        unchanged,
                        rejected,
                        discovered)
                .and(new SyncReport(0, 0, 0, 0, failed));
    }

    private static Rejected rejected(Allocation undone, String why) {
        return new Rejected(
                new DesiredAllocation(
                        undone.vps(), undone.organization(), undone.address(), undone.mac(), undone.kind()),
                why);
    }

    /**
     * An entry that was left out; its VPS keeps what it had.
     *
     * @param why for people
     */
    public record Rejected(DesiredAllocation desired, String why) {}
}

package cloud.obiente.vpsgateway.ipam;

import java.util.List;

/**
 * What a sync did.
 *
 * @param added VPSs that had no private address before
 * @param removed VPSs that lost theirs because they were not listed
 * @param changed VPSs whose address, MAC or organization differed
 * @param unchanged VPSs that were as listed
 * @param rejected entries that could not be honoured, in the order of the list; then those about which a newer call knew better
 */
public record SyncReport(int added, int removed, int changed, int unchanged, List<Rejected> rejected) {
    public SyncReport {
        rejected = List.copyOf(rejected);
    }

    /**
     * An entry that was left out; its VPS keeps what it had.
     *
     * @param why for people
     */
    public record Rejected(DesiredAllocation desired, String why) {}
}

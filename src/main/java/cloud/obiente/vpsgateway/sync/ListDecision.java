package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.VpsId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one list changes. What it says of each allocation is noted down first; then everything that no list of anybody has
 * named for long enough, and that nobody uses, is released; then its entries are honoured as far as they do not take
 * anything from anybody who must keep it.
 *
 * @param knownRevision what the writer of the list can have known: {@link IpamSnapshot#revision}
 */
record ListDecision(ListSource source, AllocationList list, long knownRevision, SyncRules rules, UsageEvidence evidence)
        implements Decision<SyncReport> {

    @Override
    public Outcome<SyncReport> decide(IpamSnapshot state, Instant at) {
        ListEvaluation evaluation = ListEvaluation.of(this, state, at);
        Set<VpsId> newer = vpsesChangedSince(state);
        List<Allocation> released = evaluation.releasable().stream()
                .filter(held -> !newer.contains(held.vps()) && !evidence.isInUse(held))
                .toList();
        RetentionRules retention = new RetentionRules(this, state, evaluation.standing(), newer, Set.copyOf(released));

        ListEntries entries = new ListEntries(state, evaluation.standing(), evidence, list.entries());
        Done<SyncReport> privates =
                PrivateSelection.decide(state, entries.privates(list.entries()), retention, released, at);
        // Based on the private part, so that a MAC that has just changed hands is judged by its new holder.
        IpamSnapshot then = state.withChanges(privates.changes(), at);
        Done<SyncReport> publics =
                PublicSelection.decide(then, entries.publics(list.entries(), then), retention, released, at);

        List<AllocationChange> changes = new ArrayList<>(privates.changes());
        changes.addAll(publics.changes());
        Set<Allocation> gone = new HashSet<>(released);
        SyncReport report = privates.value()
                .and(publics.value())
                .withDiscovered(evaluation.discovered().stream()
                        .filter(held -> !gone.contains(held))
                        .toList());
        return new Done<>(report, changes, evaluation.learnt(changes));
    }

    /** The VPSs about which a call was decided that the list's writer cannot have known of. */
    private Set<VpsId> vpsesChangedSince(IpamSnapshot state) {
        Set<VpsId> newer = new HashSet<>();
        for (Allocation held : state.all()) {
            if (state.facts(held).revision() > knownRevision) {
                newer.add(held.vps());
            }
        }
        state.releasedAfter(knownRevision).forEach(newer::add);
        return newer;
    }
}
